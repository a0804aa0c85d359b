import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { alphaDivergence, chernoffInformation, chernoffOrder, klDivergence } from '../../src/index.ts';
import { alphaDivergenceOfWeights } from '../../src/math/alpha-family.ts';
import { chernoffOfWeights } from '../../src/math/chernoff.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { goldenCases } from '../../host/golden/divergences.ts';
import { relativeError, uniformFrom } from '../math/relative-error.ts';
import { pairsOfWeights, readPairs, worstOf, type Pairs } from './random-pairs.ts';

/** Rows of which some outcomes are zero in one, in the other, or in both. */
function withZeros({ form, p, q }: Pairs): Pairs {
  return { form, p: p.map((row) => row.map((x, k) => (k % 4 === 1 ? 0 : x))), q: q.map((row) => row.map((x, k) => (k % 3 === 2 ? 0 : x))) };
}

const chernoff = ({ p, q }: Pairs): { information: number; order: number }[] => p.map((row, k) => chernoffOfWeights(row, q[k]!));

test('the reference: KL(p_σ‖p) = KL(p_σ‖q) = C, of which C is the larger bound', () => {
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 2, max: 9 }), (seed, outcomes) => {
    const pairs = pairsOfWeights(outcomes, 10, seed);
    chernoff(pairs).forEach(({ information, order }, row) => {
      const [p, q] = [pairs.p[row]!, pairs.q[row]!];
      if (information < 1e-5 || order < 1e-3 || order > 1 - 1e-3) return; // below, p_σ itself is rounded
      const between = p.map((x, k) => Math.exp(order * Math.log(x) + (1 - order) * Math.log(q[k]!)));
      expect(relativeError(alphaDivergenceOfWeights(between, p, -1), information)).toBeLessThanOrEqual(1e-7);
      expect(relativeError(alphaDivergenceOfWeights(between, q, -1), information)).toBeLessThanOrEqual(1e-7);
    });
  }), { seed: 11 });
});

test.each([1e-5, 1e-12, 1e-18])('two outcomes with %d of the mass on the wrong side: C = −log(2√(ε (1 − ε))) at ½', (epsilon) => {
  const [p, q] = [[1 - epsilon, epsilon], [epsilon, 1 - epsilon]];
  const { information, order } = chernoffOfWeights(p, q);
  expect(order).toBeCloseTo(0.5, 14);
  expect(relativeError(information, -Math.log(2) - 0.5 * (Math.log(epsilon) + Math.log1p(-epsilon)))).toBeLessThanOrEqual(1e-14);
});

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor('webgpu'), { regime }); });
  afterAll(() => engine.dispose());

  test('golden orders to 16 ulp of 1', async () => {
    for (const { id, p, q, betaStar, expected } of goldenCases.filter((c) => c.kind === 'chernoff' && c.betaStar !== undefined && c.expected !== '0')) {
      const [order] = await readPairs(engine, { form: 'weights', p: [p], q: [q] }, chernoffOrder);
      expect(Math.abs(order! - Number(betaStar)), `${id} ${expected}`).toBeLessThanOrEqual(16 * ulp);
    }
  });

  test.each([2, 3, 10, 300])('random rows of %d outcomes: values to 5 ulp, orders to 16 of 1', async (outcomes) => {
    const plain = pairsOfWeights(outcomes, regime === 'lane' ? 200 : 12, outcomes);
    for (const pairs of outcomes < 9 ? [plain] : [plain, withZeros(plain)]) {
      const expected = chernoff(pairs);
      const [informations, orders] = [await readPairs(engine, pairs, chernoffInformation), await readPairs(engine, pairs, chernoffOrder)];
      const telling = expected.map(({ information }) => information > 1e-13); // else the rows are proportional up to rounding
      const worst = worstOf(informations.filter((_, k) => telling[k]), expected.filter((_, k) => telling[k]).map(({ information }) => information));
      const orderError = Math.max(...orders.map((order, k) => (telling[k] ? Math.abs(order - expected[k]!.order) / ulp : 0)));
      expect(worst.ulps).toBeLessThanOrEqual(5);
      expect(orderError).toBeLessThanOrEqual(16);
    }
  });

  test('outcomes of all sizes, of which a few may have nearly all of the mass: 5 ulp', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(), fc.constantFrom(2, 3, 8), async (seed, outcomes) => {
      const uniform = uniformFrom(seed);
      const rows = (): number[][] => Array.from({ length: 100 }, () => Array.from({ length: outcomes }, (_, k) => Math.fround(k === 1 ? 0.7 : 2 ** (-100 * uniform()))));
      const pairs: Pairs = { form: 'weights', p: rows(), q: rows() };
      const got = await readPairs(engine, pairs, chernoffInformation);
      chernoff(pairs).forEach(({ information }, row) => { expect(Math.abs(got[row]! - information)).toBeLessThanOrEqual(5 * ulp * Math.max(information, 2 ** -72)); });
    }), { numRuns: regime === 'lane' ? 8 : 2 });
  });

  test('131,072 outcomes', async () => {
    const pairs = pairsOfWeights(131_072, 1, 77);
    const near = { ...pairs, q: pairs.p.map((row) => row.map((x, k) => Math.fround(x * (1 + ((k * 7919) % 101) / 300)))) };
    for (const each of [pairs, near]) {
      expect(worstOf(await readPairs(engine, each, chernoffInformation), chernoff(each).map(({ information }) => information)).ulps).toBeLessThanOrEqual(5);
    }
  });
});

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  test('closed forms: one outcome in common, disjoint supports, equal rows, a mirrored pair', async () => {
    const p = engine.rows([[1, 0, 0], [1, 1, 0], [2, 1, 1], [1, 3, 0], [1, 1, 0]], { outcomes: 3, form: 'weights' });
    const q = engine.rows([[1, 2, 1], [0, 0, 5], [2, 1, 1], [3, 1, 0], [0, 1, 1]], { outcomes: 3, form: 'weights' });
    const mirrored = -Math.log(Math.sqrt(3) / 2);
    expect(worstOf([...await chernoffInformation(p, q).read()], [Math.log(4), Infinity, 0, mirrored, Math.LN2]).ulps).toBeLessThanOrEqual(5);
    const orders = await chernoffOrder(p, q).read();
    expect([...orders].slice(0, 3)).toEqual([0, 0.5, 0.5]);
    expect(orders[3]).toBeCloseTo(0.5, 6);
  });

  test('symmetry, and D_B ≤ C ≤ min(2 D_B, KL, KL′)', async () => {
    const pairs = pairsOfWeights(5, 60, 21);
    const mirrored = { ...pairs, p: pairs.q, q: pairs.p };
    const [c, back] = [await readPairs(engine, pairs, chernoffInformation), await readPairs(engine, mirrored, chernoffInformation)];
    const [order, orderBack] = [await readPairs(engine, pairs, chernoffOrder), await readPairs(engine, mirrored, chernoffOrder)];
    const [kl, reverse] = [await readPairs(engine, pairs, klDivergence), await readPairs(engine, mirrored, klDivergence)];
    const bhattacharyya = (await readPairs(engine, pairs, (p, q) => alphaDivergence(p, q, { alpha: 0 }))).map((d) => -Math.log1p(-d / 4));
    c.forEach((information, row) => {
      const slack = 1 + 16 * ulp;
      if (information < 1e-13) return;
      expect(Math.abs(information - back[row]!)).toBeLessThanOrEqual(10 * ulp * information);
      expect(Math.abs(order[row]! + orderBack[row]! - 1)).toBeLessThanOrEqual(64 * ulp);
      expect(information).toBeGreaterThanOrEqual(bhattacharyya[row]! / slack);
      expect(information).toBeLessThanOrEqual(Math.min(2 * bhattacharyya[row]!, kl[row]!, reverse[row]!) * slack);
    });
  });

  test('logits are refused', async () => {
    const z = engine.rows([[0, 1, 2]], { outcomes: 3, form: 'logits' });
    await expectFailure(() => chernoffInformation(z, z), DomainError, 'domain', { operation: 'chernoffInformation', argument: 'p', got: 'rows of logits' });
    await expectFailure(() => chernoffOrder(z, z), DomainError, 'domain', { operation: 'chernoffOrder', argument: 'p', got: 'rows of logits' });
  });
});
