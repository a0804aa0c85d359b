import { afterAll, describe, expect, test } from 'vitest';
import { bhattacharyyaDivergence } from '../../src/index.ts';
import { closeEngines, evaluate, expectUlps, places } from './evaluate.ts';

afterAll(closeEngines);

describe.each(places)('on $name', (place) => {
  test('closed forms, from equal rows to disjoint ones', async () => {
    const tail = 2 ** -60;
    const p = [[1, 2, 1], [1, 0, 0], [1, 0, 0], [1, tail, 0], [1, 0, 0]];
    const q = [[2, 4, 2], [1, 1, 2], [0, 1, 1], [tail, 1, 0], [2 ** -100, 1, 0]];
    const expected = [0, Math.log(2), Infinity, Math.log(2 ** 29), 50 * Math.LN2];
    expectUlps((await evaluate(place, bhattacharyyaDivergence, p, q)).values, expected, 4);
    expectUlps((await evaluate(place, bhattacharyyaDivergence, q, p)).values, expected, 4);
  });

  test('logits: −log sech(t/2) of two rows that are each other’s mirror', async () => {
    const ts = [1e-3, 0.1, 1, 2.5, 30, 400, 3e4];
    const values = await evaluate(place, bhattacharyyaDivergence, ts.map((t) => [t, 0]), ts.map((t) => [0, t]), 'logits');
    // Σ √(pq) = 2 e^{t/2}/(1 + e^t) = 1/cosh(t/2), and log cosh x = x − log 2 + log1p(e^{−2x}) = ½ log1p(sinh² x)
    expectUlps(values.values, ts.map((t) => Math.fround(t) / 2).map((x) => (x < 5 ? Math.log1p(Math.sinh(x) ** 2) / 2 : x - Math.LN2 + Math.log1p(Math.exp(-2 * x)))), 5);
    expect(values.report.backend).toBe(place.backend);
  });
});
