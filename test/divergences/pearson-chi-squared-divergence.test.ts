import { afterAll, describe, expect, test } from 'vitest';
import { neymanChiSquaredDivergence, pearsonChiSquaredDivergence } from '../../src/index.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { closeEngines, evaluate, expectUlps, places } from './evaluate.ts';

afterAll(closeEngines);

describe.each(places)('on $name', (place) => {
  const p = [[1, 1, 0], [1, 0, 0], [1, 1, 2], [1, 1, 0], [2 ** -40, 1, 0]];
  const q = [[1, 3, 0], [1, 1, 2], [2, 2, 4], [1, 0, 1], [1, 2 ** -40, 0]];

  test('closed forms', async () => {
    expectUlps((await evaluate(place, pearsonChiSquaredDivergence, p, q)).values, [1 / 3, 3, 0, Infinity, 2 ** 40], 4);
  });

  test('Neyman’s is Pearson’s with p and q exchanged', async () => {
    const { values } = await evaluate(place, pearsonChiSquaredDivergence, q, p);
    expectUlps((await evaluate(place, neymanChiSquaredDivergence, p, q)).values, values, 2);
  });

  test('rows that differ by 1e-6 of themselves, against Σ (p − q)²/q', async () => {
    const uniform = uniformFrom(5);
    const row = Array.from({ length: 64 }, () => 2 ** -12 * (1 + Math.floor(64 * uniform())));
    const near = row.map((x, k) => x + (k % 2 === 0 ? 1 : -1) * 2 ** -29); // the masses are equal
    const mass = row.reduce((sum, x) => sum + x, 0);
    const expected = row.reduce((sum, x) => sum + 2 ** -58 / x, 0) / mass;
    expect(expected).toBeLessThan(1e-11);
    expectUlps((await evaluate(place, pearsonChiSquaredDivergence, [near], [row])).values, [expected], 4);
  });

  test('logits: Σ p²/q − 1', async () => {
    const [a, b] = [[[0, 0], [20, 0]], [[0, 2], [0, 30]]];
    const softmax = (row: number[]): number[] => row.map((x) => Math.exp(x) / row.reduce((sum, y) => sum + Math.exp(y), 0));
    const expected = a.map((row, k) => softmax(row).reduce((sum, x, j) => sum + x ** 2 / softmax(b[k]!)[j]!, 0) - 1);
    expectUlps((await evaluate(place, pearsonChiSquaredDivergence, a, b, 'logits')).values, expected, 5);
  });
});
