import { expect, it } from 'vitest';
import { isEasy, makePairs } from '../../host/pairs.ts';
import { problemOfRow } from '../../src/engine/forms.ts';

const distances = [1e-7, 1e-3, 1];

it.each(['probabilities', 'logits'] as const)(
  'rows of %s are valid, differ, and are no farther apart than asked',
  (form) => {
    for (const outcomes of [2, 3, 1000]) {
      const pairs = makePairs(form, outcomes, distances, 4);
      expect(pairs.distances).toEqual(distances.flatMap((distance) => [distance, distance, distance, distance]));
      pairs.distances.forEach((distance, row) => {
        const [p, q] = [pairs.p, pairs.q].map((data) => data.subarray(row * outcomes, (row + 1) * outcomes));
        expect(problemOfRow(form, p!)).toBeUndefined();
        expect(problemOfRow(form, q!)).toBeUndefined();
        const apart = Array.from(p!, (x, k) => Math.abs(q![k]! - x) / (form === 'logits' ? 1 : x));
        expect(Math.max(...apart)).toBeGreaterThan(0);
        // Normalising q again, and rounding to f32, add as much at most; at distance 1 the mass of q may be far from 1.
        if (distance < 1) expect(Math.max(...apart)).toBeLessThan(3 * distance + (form === 'logits' ? 8e-6 : 3e-7));
      });
    }
  },
);

it('the easy rows are spread evenly and farthest apart', () => {
  const pairs = makePairs('probabilities', 64, distances, 2);
  expect(pairs.distances.map((_, row) => isEasy(pairs, row))).toEqual([false, false, false, false, true, false]);
  const smallest = Math.min(...pairs.p.subarray(4 * 64, 5 * 64));
  expect(smallest).toBeGreaterThan(1e-6);
  expect(Math.min(...pairs.p.subarray(5 * 64, 6 * 64))).toBeLessThan(1e-20);
});
