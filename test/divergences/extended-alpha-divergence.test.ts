import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../src/engine/errors.ts';
import { extendedAlphaDivergence, openEngine } from '../../src/index.ts';
import { alphaDivergenceOfWeights, alphaTerm, weights } from '../../src/math/alpha-family.ts';
import { expectFailure } from '../failure.ts';
import { closeEngines, evaluate, expectUlps, places, type Divergence } from './evaluate.ts';

afterAll(closeEngines);

const of = (alpha: number): Divergence => (p, q) => extendedAlphaDivergence(p, q, { alpha });

describe.each(places)('on $name', (place) => {
  test.each([
    [-1, [0, 1 - Math.LN2, 3, Infinity]], [1, [0, 2 * Math.LN2 - 1, Infinity, 5]], [0, [0, 2 * (Math.SQRT2 - 1) ** 2, 6, 10]], [3, [0, 0.5, Infinity, 2.5]], [-3, [0, 0.25, 1.5, Infinity]],
  ])('closed forms at α = %d, of rows as they are', async (alpha, expected) => {
    const [p, q] = [[[2, 7, 1], [1, 1, 0], [2, 0, 0], [0, 5, 1]], [[2, 7, 1], [2, 1, 0], [2, 3, 0], [0, 0, 1]]];
    expectUlps((await evaluate(place, of(alpha), p, q)).values, expected, 4);
  });

  test('D(cp‖cq) = c D(p‖q) from 2⁻⁹⁰ to 2⁹⁰, and a common factor of q changes it', async () => {
    const scales = [-90, -20, 0, 30, 90].map((exponent) => 2 ** exponent);
    const rows = (row: number[]): number[][] => scales.map((c) => row.map((x) => c * x));
    for (const alpha of [-2, -1, 0.3]) {
      const one = alphaTerm(1, 2, alpha) + alphaTerm(3, 0.5, alpha);
      expectUlps((await evaluate(place, of(alpha), rows([1, 3]), rows([2, 0.5]))).values, scales.map((c) => c * one), 4);
    }
  });

  test('φ(P, Q) + P^b Q^a times the divergence of the normalised rows, and dual', () => fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(4095), fc.nat(4095)), { minLength: 2, maxLength: 9 }), fc.double({ min: -3, max: 3, noNaN: true }),
    async (pairs, alpha) => {
      const [p, q] = [[1, ...pairs.map(([x]) => x)], [2, ...pairs.map(([, y]) => y)]];
      const [P, Q] = [p, q].map((row) => row.reduce((sum, x) => sum + x, 0)) as [number, number];
      const { a, b } = weights(alpha);
      const expected = alphaTerm(P, Q, alpha) + P ** b * Q ** a * alphaDivergenceOfWeights(p, q, alpha);
      expectUlps((await evaluate(place, of(alpha), [p], [q])).values, [expected], 6);
      expectUlps((await evaluate(place, of(-alpha), [q], [p])).values, [expected], 6);
      expect((await evaluate(place, of(alpha), [p], [p])).values).toEqual([0]);
    },
  ), { numRuns: 6 }));
});

test('logits, which leave the mass open, are refused', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows([[0, 1]], { outcomes: 2, form: 'logits' });
  const facts = { operation: 'extendedAlphaDivergence', argument: 'p', expected: 'rows of probabilities or weights', got: 'rows of logits' };
  await expectFailure(() => extendedAlphaDivergence(p, p, { alpha: 0 }), DomainError, 'domain', facts);
  const w = engine.rows([[0, 1]], { outcomes: 2 });
  await expectFailure(() => extendedAlphaDivergence(w, w, { alpha: Infinity }), DomainError, 'domain', { argument: 'alpha', expected: 'a finite number' });
});
