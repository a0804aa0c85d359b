import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { defineBregman, defineFDivergence, type BregmanDefinition, type FDivergenceDefinition } from '../../src/index.ts';
import { alphaDivergenceOfMeasures, alphaDivergenceOfWeights } from '../../src/math/alpha-family.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { pairsOfWeights, readPairs, worstOf } from './random-pairs.ts';

/** ½χ² of Neyman is D_3, 2 (1 − √x)² that of D_0; both have other evaluations to be compared with. */
const pearson: FDivergenceDefinition = { name: 'pearson', wgsl: '0.5 * excess * excess', f: (_, excess) => excess ** 2 / 2, atZero: 0.5, atInfinity: Infinity };
const hellinger: FDivergenceDefinition = {
  name: 'fourHellinger', wgsl: 'let root = excess / (sqrt(ratio) + 1.0);\nreturn 2.0 * root * root;',
  f: (ratio, excess) => 2 * (excess / (Math.sqrt(ratio) + 1)) ** 2, atZero: 2, atInfinity: 2,
};
const jeffreys: FDivergenceDefinition = {
  name: 'jeffreys', wgsl: 'if (abs(excess) < 0.5) { return excess * log1p(excess); }\nreturn excess * log(ratio);',
  f: (ratio, excess) => excess * (Math.abs(excess) < 0.5 ? Math.log1p(excess) : Math.log(ratio)), atZero: Infinity, atInfinity: Infinity,
};
const entropic: BregmanDefinition = {
  name: 'entropic', wgsl: 'let r = difference / q;\nreturn select(p * log1p(r) - difference, q, p == 0.0);',
  term: (p, q, difference) => (p === 0 ? q : p * Math.log1p(difference / q) - difference), infinite: { withoutP: false, withoutQ: true },
};

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor('webgpu'), { regime }); });
  afterAll(() => engine.dispose());

  test.each([[pearson, -3], [hellinger, 0]] as const)('$name is the α-divergence, to 8 ulp', async (definition, alpha) => {
    const own = defineFDivergence(definition);
    for (const outcomes of [2, 40]) {
      const pairs = pairsOfWeights(outcomes, regime === 'lane' ? 100 : 12, outcomes);
      const expected = pairs.p.map((row, k) => alphaDivergenceOfWeights(row, pairs.q[k]!, alpha));
      const telling = expected.map((d, k) => (d > 1e-18 ? k : -1)).filter((k) => k >= 0); // else the rows are proportional
      const got = await readPairs(engine, pairs, own);
      expect(worstOf(telling.map((k) => got[k]!), telling.map((k) => expected[k]!)).ulps).toBeLessThanOrEqual(8);
    }
  });

  test('a measure of φ = x log x, far from equal rows', async () => {
    const own = defineBregman(entropic);
    const pairs = pairsOfWeights(6, 10, 6);
    const far = { ...pairs, q: pairs.q.map((row) => row.toReversed()) };
    const got = await readPairs(engine, far, own);
    expect(worstOf(got, far.p.map((row, k) => alphaDivergenceOfMeasures(row, far.q[k]!, -1))).ulps).toBeLessThanOrEqual(64);
  });
});

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(backend), check: 'all' }); });
  afterAll(() => engine.dispose());

  test('zeros by the limits of f', async () => {
    const p = engine.rows([[1, 0, 1], [1, 1, 0], [1, 1, 0]], { outcomes: 3, form: 'weights' });
    const q = engine.rows([[1, 1, 0], [0, 1, 1], [1, 1, 0]], { outcomes: 3, form: 'weights' });
    expect([...await defineFDivergence(pearson)(p, q).read()]).toEqual([Infinity, Infinity, 0]);
    expect([...await defineFDivergence(hellinger)(p, q).read()]).toEqual([2, 2, 0]);
    const b = await defineBregman(entropic)(p, q).read();
    expect([...b]).toEqual([Infinity, Infinity, 0]);
    const only = engine.rows([[1, 1, 0]], { outcomes: 3, form: 'weights' });
    const all = engine.rows([[1, 1, 5]], { outcomes: 3, form: 'weights' });
    expect([...await defineBregman(entropic)(only, all).read()]).toEqual([5]);
  });

  test('a definition with branches and logarithms: Jeffreys’ divergence is KL both ways', async () => {
    for (const outcomes of [2, 5, 70]) {
      const pairs = pairsOfWeights(outcomes, 40, outcomes);
      const expected = pairs.p.map((row, k) => alphaDivergenceOfWeights(row, pairs.q[k]!, -1) + alphaDivergenceOfWeights(row, pairs.q[k]!, 1));
      const telling = expected.map((d, k) => (d > 1e-18 ? k : -1)).filter((k) => k >= 0);
      const got = await readPairs(engine, pairs, defineFDivergence({ ...jeffreys, ulps: 8 }));
      expect(worstOf(telling.map((k) => got[k]!), telling.map((k) => expected[k]!)).ulps).toBeLessThanOrEqual(8);
    }
  });
});

const wrongF: readonly [Partial<FDivergenceDefinition>, string][] = [
  [{ name: '' }, 'name'], [{ name: 'a-b' }, 'name'], [{ f: undefined as never }, 'f'], [{ f: () => 1 }, 'f'], [{ f: (x) => x - 1 }, 'f'], [{ f: (x) => x * Math.log(x) }, 'f'],
  [{ atZero: -1 }, 'atZero'], [{ atInfinity: Number.NaN }, 'atInfinity'], [{ ulps: 0 }, 'ulps'],
];
test.each(wrongF)('%j is no f-divergence', async (wrong, argument) => {
  await expectFailure(() => defineFDivergence({ ...pearson, ...wrong }), DomainError, 'domain', { operation: 'defineFDivergence', argument });
});

const wrongB: readonly [Partial<BregmanDefinition>, string][] = [[{ term: () => 1 }, 'term'], [{ term: 3 as never }, 'term'], [{ infinite: {} as never }, 'infinite'], [{ name: '1x' }, 'name']];
test.each(wrongB)('%j is no Bregman divergence', async (wrong, argument) => {
  await expectFailure(() => defineBregman({ ...entropic, ...wrong }), DomainError, 'domain', { operation: 'defineBregman', argument });
});

test('a snippet that reaches out is refused when it is defined', async () => {
  await expectFailure(() => defineFDivergence({ ...pearson, wgsl: 'bitcast<f32>(divergences[0])' }), DomainError, 'domain', { operation: 'pearson', argument: 'wgsl', got: '"[" at 1:25' });
  await expectFailure(() => defineBregman({ ...entropic, wgsl: 'p * uniforms' }), DomainError, 'domain', { operation: 'entropic', argument: 'wgsl', got: '"uniforms" at 1:5' });
});
