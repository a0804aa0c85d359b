import { afterAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../src/engine/errors.ts';
import { alphaDivergence, openEngine, tsallisDivergence } from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { closeEngines, evaluate, expectUlps, places, type Divergence } from './evaluate.ts';

afterAll(closeEngines);

const of = (order: number): Divergence => (p, q) => tsallisDivergence(p, q, { order });

describe.each(places)('on $name', (place) => {
  test.each([[-1, -0.125], [0, 0], [0.5, 2 - Math.SQRT1_2 - Math.sqrt(1.5)], [1, Math.log(2) - Math.log(3) / 2], [2, 1 / 3], [3, 11 / 18]])('order %d in closed form', async (order, expected) => {
    expectUlps((await evaluate(place, of(order), [[1, 1]], [[1, 3]])).values, [expected], 6);
  });

  test('zeros, by order', async () => {
    const [p, q] = [[[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0]], [[0, 1, 3], [0, 1, 1], [1, 1, 2], [1, 0, 0]]];
    for (const [order, expected] of [
      [-1, [-Infinity, -Infinity, -Infinity, 0]], [0, [0.75, 1, 0.5, 0]], [0.5, [2 - Math.SQRT1_2, 2, 2 - Math.SQRT2, 0]], [1, [Infinity, Infinity, Math.log(2), 0]], [2, [Infinity, Infinity, 1, 0]],
    ] as const) expectUlps((await evaluate(place, of(order), p, q)).values, expected, 6);
  });

  test('β times the α-divergence, of logits too', async () => {
    const [p, q] = [[[0, 1, 2], [5, -5, 0]], [[0, 1.5, 1], [-3, 4, -Infinity]]];
    for (const order of [0.25, 0.75, -0.5]) {
      const d = await evaluate(place, (x, y) => alphaDivergence(x, y, { alpha: 1 - 2 * order }), p, q, 'logits');
      expectUlps((await evaluate(place, of(order), p, q, 'logits')).values, d.values.map((x) => order * x), 2);
    }
  });
});

test('the order is a finite number', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  for (const order of [Infinity, Number.NaN, '1', undefined]) {
    await expectFailure(() => tsallisDivergence(p, p, { order: order as number }), DomainError, 'domain', { operation: 'tsallisDivergence', argument: 'order', expected: 'a finite number' });
  }
  expect((await tsallisDivergence(p, p, { order: -2 }).read())[0]).toBe(0);
});
