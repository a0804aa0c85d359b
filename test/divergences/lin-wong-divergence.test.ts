import { afterAll, expect, test } from 'vitest';
import { jensenShannonDivergence, linWongDivergence } from '../../src/index.ts';
import { alphaDivergenceOfWeights } from '../../src/math/alpha-family.ts';
import { closeEngines, evaluate, expectUlps, places } from './evaluate.ts';
import { pairsOfWeights, worstOf } from './random-pairs.ts';

afterAll(closeEngines);

test.each(places)('closed forms on $name', async (place) => {
  const [p, q] = [[[1, 1], [1, 0], [2, 2], [1, 0], [0, 2], [3, 1]], [[1, 0], [1, 1], [0, 5], [0, 3], [0, 7], [6, 2]]];
  const { values } = await evaluate(place, linWongDivergence, p, q);
  const half = Math.log(4 / 3) / 2;
  expectUlps(values, [half, 2 * half, half, Math.LN2, 0, 0], 5);
});

test.each(places)('KL from the mean, of near rows and far ones, on $name', async (place) => {
  for (const outcomes of [2, 7, 90]) {
    const { p, q } = pairsOfWeights(outcomes, 60, outcomes);
    const { values } = await evaluate(place, linWongDivergence, p, q);
    const expected = p.map((row, k) => alphaDivergenceOfWeights(row, meanOf(row, q[k]!), -1));
    const telling = [...expected.keys()].filter((k) => expected[k]! > 1e-13); // below it f64 has lost the mean
    expect(worstOf(telling.map((k) => values[k]!), telling.map((k) => expected[k]!)).ulps).toBeLessThanOrEqual(5);
  }
});

test.each(places)('the mean of both directions is the Jensen–Shannon divergence on $name', async (place) => {
  const { p, q } = pairsOfWeights(7, 60, 3);
  const [forth, back] = [await evaluate(place, linWongDivergence, p, q), await evaluate(place, linWongDivergence, q, p)];
  const { values } = await evaluate(place, (x, y) => jensenShannonDivergence(x, y, {}), p, q);
  expectUlps(forth.values.map((x, row) => (x + back.values[row]!) / 2), values, 8);
});

function meanOf(p: readonly number[], q: readonly number[]): Float64Array {
  const [massP, massQ] = [p, q].map((row) => row.reduce((sum, x) => sum + x, 0));
  return Float64Array.from(p, (x, k) => x / massP! + q[k]! / massQ!);
}
