import { Matrix, QrDecomposition } from 'ml-matrix';
import { uniformFrom } from '../math/relative-error.ts';

/** Symmetric, with eigenvalues between `scale` and the condition times less, of which `negative` are below 0; in f32. */
export function symmetric(n: number, condition: number, scale: number, seed: number, negative = 0): number[][] {
  const random = uniformFrom(seed);
  const { orthogonalMatrix } = new QrDecomposition(new Matrix(Array.from({ length: n }, () => Array.from({ length: n }, () => random() - 0.5))));
  const values = Array.from({ length: n }, (_, k) => scale * condition ** (n === 1 ? 0 : -k / (n - 1)) * (k < negative ? -1 : 1));
  const a = orthogonalMatrix.mmul(Matrix.diag(values)).mmul(orthogonalMatrix.transpose());
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => Math.fround(a.get(Math.max(i, j), Math.min(i, j)))));
}
