import { describe, expect, it } from 'vitest';
import { scaleToThreeDimensions, type Point } from '../../app/scaling.ts';

function distances(points: readonly (readonly number[])[]): number[] {
  return points.flatMap((p) => points.map((q) => Math.hypot(...p.map((x, axis) => x - q[axis]!))));
}

function expectSameDistances(actual: readonly Point[], expected: readonly (readonly number[])[]): void {
  const wanted = distances(expected);
  distances(actual).forEach((distance, i) => expect(distance).toBeCloseTo(wanted[i]!, 10));
}

const solid: Point[] = [
  [0, 0, 0],
  [4, 0, 0],
  [0, 2, 0],
  [0, 0, 1],
  [3, 1, 2],
  [-1, 2, 0.5],
];

describe('scaleToThreeDimensions', () => {
  it('recovers points in space up to a rigid motion', () => {
    const { points, explained } = scaleToThreeDimensions(distances(solid), solid.length);
    expectSameDistances(points, solid);
    expect(explained).toBeCloseTo(1, 12);
  });

  it('centres them, and puts the widest spread first', () => {
    const { points } = scaleToThreeDimensions(distances(solid), solid.length);
    const spread = [0, 1, 2].map((axis) => points.reduce((sum, point) => sum + point[axis]! ** 2, 0));
    for (const axis of [0, 1, 2]) expect(points.reduce((sum, point) => sum + point[axis]!, 0)).toBeCloseTo(0, 10);
    expect(spread).toEqual([...spread].sort((a, b) => b - a));
  });

  it('places two points at their distance', () => {
    expectSameDistances(scaleToThreeDimensions([0, 3, 3, 0], 2).points, [
      [0, 0, 0],
      [3, 0, 0],
    ]);
  });

  it('explains less of a simplex that needs more dimensions', () => {
    const simplex = [0, 1, 2, 3, 4, 5].map((i) => [0, 1, 2, 3, 4, 5].map((k) => (i === k ? 1 : 0)));
    expect(scaleToThreeDimensions(distances(simplex), 6).explained).toBeCloseTo(3 / 5, 10);
  });
});
