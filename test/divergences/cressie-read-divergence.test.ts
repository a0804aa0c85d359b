import { afterAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../src/engine/errors.ts';
import { alphaDivergence, cressieReadDivergence, openEngine } from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { closeEngines, evaluate, expectUlps, places, type Divergence } from './evaluate.ts';

afterAll(closeEngines);

const of = (lambda: number): Divergence => (p, q) => cressieReadDivergence(p, q, { lambda });

describe.each(places)('on $name', (place) => {
  test('the statistics that it was made to join: χ², likelihood ratio, Freeman–Tukey, Neyman', async () => {
    const [p, q] = [[[1, 1], [1, 0]], [[1, 3], [1, 1]]];
    const freemanTukey = 4 * (1 - Math.sqrt(1 / 8) - Math.sqrt(3 / 8));
    for (const [lambda, expected] of [
      [1, [1 / 6, 0.5]], [0, [Math.log(2) - Math.log(3) / 2, Math.LN2]], [-0.5, [freemanTukey, 4 - 4 * Math.SQRT1_2]], [-1, [0.75 * Math.log(3) - Math.LN2, Infinity]], [-2, [1 / 8, Infinity]],
    ] as const) expectUlps((await evaluate(place, of(lambda), p, q)).values, expected, 6);
  });

  test('is D_−1−2λ, of logits too', async () => {
    const [p, q] = [[[0, 1, 2]], [[2, 1, 0.5]]];
    for (const lambda of [2 / 3, -0.3, 1e-9]) {
      const d = await evaluate(place, (x, y) => alphaDivergence(x, y, { alpha: -1 - 2 * lambda }), p, q, 'logits');
      expect((await evaluate(place, of(lambda), p, q, 'logits')).values).toEqual(d.values);
    }
  });
});

test('λ is a finite number', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  for (const lambda of [Infinity, Number.NaN, '1', undefined]) {
    await expectFailure(() => cressieReadDivergence(p, p, { lambda: lambda as number }), DomainError, 'domain', { operation: 'cressieReadDivergence', argument: 'lambda', expected: 'a finite number' });
  }
});
