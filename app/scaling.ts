import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export type Point = [x: number, y: number, z: number];

/**
 * Classical multidimensional scaling (Torgerson 1952): the three leading coordinates of points with these pairwise
 * distances. B = −½ J D² J is the Gram matrix of the centred points; its eigenvectors times √eigenvalue are them.
 */
export function scaleToThreeDimensions(
  distances: ArrayLike<number>,
  count: number,
): { points: Point[]; explained: number } {
  const gram = doublyCentred(distances, count);
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const leading = realEigenvalues
    .map((_, index) => index)
    .sort((i, j) => realEigenvalues[j]! - realEigenvalues[i]!)
    .slice(0, 3);
  const coordinate = (point: number, axis: number): number => {
    const index = leading[axis];
    if (index === undefined) return 0; // fewer than three points
    return eigenvectorMatrix.get(point, index) * Math.sqrt(Math.max(0, realEigenvalues[index]!));
  };
  const points = Array.from({ length: count }, (_, i): Point => [coordinate(i, 0), coordinate(i, 1), coordinate(i, 2)]);
  const positive = realEigenvalues.filter((value) => value > 0).reduce((a, b) => a + b, 0);
  const explained = leading.reduce((sum, index) => sum + Math.max(0, realEigenvalues[index]!), 0) / positive;
  return { points, explained };
}

function doublyCentred(distances: ArrayLike<number>, count: number): Matrix {
  const squared = (i: number, j: number): number => distances[i * count + j]! ** 2;
  const indices = Array.from({ length: count }, (_, i) => i);
  const means = indices.map((i) => indices.reduce((sum, j) => sum + squared(i, j), 0) / count);
  const mean = means.reduce((a, b) => a + b, 0) / count;
  return new Matrix(indices.map((i) => indices.map((j) => -0.5 * (squared(i, j) - means[i]! - means[j]! + mean))));
}
