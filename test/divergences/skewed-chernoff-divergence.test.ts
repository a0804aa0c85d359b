import { afterAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../src/engine/errors.ts';
import { openEngine, skewedChernoffDivergence } from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { closeEngines, evaluate, expectUlps, places, type Divergence, type Rows } from './evaluate.ts';

afterAll(closeEngines);

const of = (sigma: number): Divergence => (p, q) => skewedChernoffDivergence(p, q, { sigma });
const p: Rows = [[1, 1], [1, 0], [0, 1], [1, 2 ** -80]];
const q: Rows = [[1, 3], [1, 3], [1, 0], [2 ** -80, 1]];

describe.each(places)('on $name', (place) => {
  test.each([
    [0, [0, Math.log(4), Infinity, 0]],
    [0.25, [-Math.log(0.5 ** 0.25 * (0.25 ** 0.75 + 0.75 ** 0.75)), 0.75 * Math.log(4), Infinity, 20 * Math.LN2]],
    [0.5, [-Math.log(Math.sqrt(1 / 8) + Math.sqrt(3 / 8)), 0.5 * Math.log(4), Infinity, 39 * Math.LN2]],
    [1, [0, 0, Infinity, 0]],
  ])('σ = %d in closed form', async (sigma, expected) => {
    expectUlps((await evaluate(place, of(sigma), p, q)).values, expected, 6);
    expectUlps((await evaluate(place, of(1 - sigma), q, p)).values, expected, 6);
  });

  test('between σ and the ends, and of logits', async () => {
    const logarithms = (rows: Rows): Rows => rows.map((row) => row.map(Math.log));
    for (const sigma of [0, 2 ** -20, 0.4, 1 - 2 ** -20, 1]) {
      const { values } = await evaluate(place, of(sigma), logarithms(p.slice(0, 3)), logarithms(q.slice(0, 3)), 'logits');
      expectUlps(values, (await evaluate(places[0]!, of(sigma), p.slice(0, 3), q.slice(0, 3))).values, 6);
    }
  });
});

test('σ outside [0, 1] is refused', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const row = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  for (const sigma of [-0.1, 1.1, Number.NaN, '0.5', undefined]) {
    const facts = { operation: 'skewedChernoffDivergence', argument: 'sigma', expected: 'a number from 0 to 1' };
    await expectFailure(() => skewedChernoffDivergence(row, row, { sigma: sigma as number }), DomainError, 'domain', facts);
  }
  expect([...await skewedChernoffDivergence(row, row, { sigma: 0.5 }).read()]).toEqual([0]);
});
