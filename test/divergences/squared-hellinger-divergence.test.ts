import { afterAll, expect, test } from 'vitest';
import { bhattacharyyaDivergence, hellingerDistance, squaredHellingerDivergence } from '../../src/index.ts';
import { closeEngines, evaluate, expectUlps, places } from './evaluate.ts';

afterAll(closeEngines);

test.each(places)('closed forms on $name, the square of the distance, and 1 − e^−B', async (place) => {
  const [p, q] = [[[1, 0, 0], [1, 0, 0], [1, 1, 2], [1, 4, 4]], [[0, 1, 3], [1, 1, 2], [2, 2, 4], [4, 4, 1]]];
  const { values } = await evaluate(place, squaredHellingerDivergence, p, q);
  expectUlps(values, [1, 0.5, 0, 1 - 8 / 9], 4);
  expectUlps((await evaluate(place, hellingerDistance, p, q)).values.map((h) => h * h), values, 8);
  expectUlps((await evaluate(place, bhattacharyyaDivergence, p, q)).values.map((b) => -Math.expm1(-b)), values, 8);
  expect(await evaluate(place, squaredHellingerDivergence, q, p)).toMatchObject({ values });
});
