import { afterAll, test } from 'vitest';
import { neymanChiSquaredDivergence } from '../../src/index.ts';
import { closeEngines, evaluate, expectUlps, places } from './evaluate.ts';

afterAll(closeEngines);

test.each(places)('closed forms on $name: Σ (p − q)²/p', async (place) => {
  const p = [[1, 3, 0], [1, 1, 2], [2, 2, 4], [1, 0, 1], [1, 1, 0]];
  const q = [[1, 1, 0], [1, 0, 0], [1, 1, 2], [1, 1, 0], [1, 0, 0]];
  expectUlps((await evaluate(place, neymanChiSquaredDivergence, p, q)).values, [1 / 3, 3, 0, Infinity, 1], 4);
});
