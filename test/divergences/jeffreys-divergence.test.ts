import { afterAll, expect, test } from 'vitest';
import { jeffreysDivergence, klDivergence, populationStabilityIndex } from '../../src/index.ts';
import { closeEngines, evaluate, expectUlps, places } from './evaluate.ts';
import { pairsOfLogits, pairsOfWeights } from './random-pairs.ts';

afterAll(closeEngines);

test.each(places)('closed forms on $name', async (place) => {
  const [p, q] = [[[1, 1], [3, 1], [1, 0], [0, 2], [5, 5], [2, 1]], [[3, 1], [1, 3], [0, 1], [0, 7], [1, 1], [1, 1]]];
  const { values } = await evaluate(place, jeffreysDivergence, p, q);
  expectUlps(values, [Math.log(3) / 4, Math.log(3), Infinity, 0, 0, Math.log(2) / 6], 5);
});

test.each(places)('KL in both directions, and the same bits with the rows exchanged, on $name', async (place) => {
  for (const { form, p, q } of [pairsOfWeights(7, 40, 3), pairsOfLogits(7, 40, 5)]) {
    const [forth, back] = [await evaluate(place, klDivergence, p, q, form), await evaluate(place, klDivergence, q, p, form)];
    const { values } = await evaluate(place, jeffreysDivergence, p, q, form);
    expectUlps(values, forth.values.map((x, row) => x + back.values[row]!), 1);
    expect(await evaluate(place, jeffreysDivergence, q, p, form)).toMatchObject({ values });
  }
});

test.each(places)('the population stability index on $name', async (place) => {
  const [expected, actual] = [[[100, 200, 300], [10, 0, 30], [1, 1, 1]], [[150, 150, 300], [10, 20, 0], [2, 2, 2]]];
  const index = (smoothing: number) => evaluate(place, (p, q) => populationStabilityIndex(p, q, { smoothing }), expected, actual);
  expectUlps((await index(0)).values, [psi(expected[0]!, actual[0]!, 0), Infinity, 0], 5);
  expectUlps((await index(0.5)).values, expected.map((row, k) => psi(row, actual[k]!, 0.5)), 5);
});

/** Σ (p − q) log(p/q), p ∝ actual + s, q ∝ expected + s. */
function psi(expected: readonly number[], actual: readonly number[], s: number): number {
  const shares = (counts: readonly number[]): number[] => counts.map((n) => (n + s) / counts.reduce((sum, m) => sum + m + s, 0));
  const [q, p] = [shares(expected), shares(actual)];
  return p.reduce((sum, x, k) => (x === q[k] ? sum : sum + (x - q[k]!) * Math.log(x / q[k]!)), 0);
}

test('smoothing has to be said, and counts are no logits', async () => {
  const place = places[0]!;
  const refused = (smoothing: unknown) => evaluate(place, (p, q) => populationStabilityIndex(p, q, { smoothing: smoothing as number }), [[1, 2]], [[2, 1]]);
  for (const smoothing of [undefined, -1, Number.NaN, '0.5', Infinity]) await expect(refused(smoothing)).rejects.toMatchObject({ code: 'domain', argument: 'smoothing' });
  await expect(evaluate(place, (p, q) => populationStabilityIndex(p, q, { smoothing: 1 }), [[1, 2]], [[2, 1]], 'logits')).rejects.toMatchObject({ code: 'domain', argument: 'expected' });
});
