import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { maxDivergence } from '../../src/index.ts';
import { maxDivergenceOfWeights } from '../../src/math/hellinger-integral.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { pairsOfWeights, readPairs, worstOf } from './random-pairs.ts';

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor('webgpu'), { regime }); });
  afterAll(() => engine.dispose());

  test.each([2, 3, 30, 1000])('random rows of %d outcomes to 4 ulp or 2⁻⁵⁰', async (outcomes) => {
    const pairs = pairsOfWeights(outcomes, regime === 'lane' ? 120 : 16, outcomes);
    const expected = pairs.p.map((row, k) => maxDivergenceOfWeights(row, pairs.q[k]!));
    const got = await readPairs(engine, pairs, maxDivergence);
    const wrong = got.filter((d, row) => Math.abs(d - expected[row]!) > 4 * ulp * expected[row]! && Math.abs(d - expected[row]!) > 2 ** -50);
    expect(wrong).toEqual([]);
  });

  test('near rows of unlike masses, also where the quotient of the masses is no f32', async () => {
    const p = [3, 7, 1, 5].map((x) => Math.fround(x / 16));
    const factors = [1, 3, 1 / 3, 1e9, 0.7];
    const q = factors.map((factor, row) => p.map((x, k) => Math.fround(x * factor * (1 + 1e-5 * (k - row)))));
    const expected = q.map((row) => maxDivergenceOfWeights(p, row));
    expect(expected.every((d) => d < 1e-4)).toBe(true);
    expect(worstOf(await readPairs(engine, { form: 'weights', p: factors.map(() => p), q }, maxDivergence), expected).ulps).toBeLessThanOrEqual(4);
  });
});

test.each(['webgpu', 'cpu'] as const)('closed forms on %s', async (backend) => {
  const engine = await openEngine(await placeFor(backend));
  const p = engine.rows([[1, 0, 0], [1, 1, 2], [0, 1, 1], [1, 1, 0]], { outcomes: 3, form: 'weights' });
  const q = engine.rows([[1, 0, 3], [1, 1, 2], [2, 1, 1], [1, 0, 1]], { outcomes: 3, form: 'weights' });
  const got = [...await maxDivergence(p, q).read()];
  expect(worstOf(got, [Math.log(4), 0, Math.LN2, Infinity]).ulps).toBeLessThanOrEqual(2);
  expect(Object.is(got[1], 0)).toBe(true);
  const z = engine.rows([[0, 1, 2]], { outcomes: 3, form: 'logits' });
  await expectFailure(() => maxDivergence(z, z), DomainError, 'domain', { operation: 'maxDivergence', argument: 'p', got: 'rows of logits' });
  engine.dispose();
});
