import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import {
  defineBregman, defineFDivergence, divergenceMatrix, linWongDivergence, totalVariationDistance, type BregmanDefinition, type FDivergenceDefinition,
} from '../../src/index.ts';
import { alphaDivergenceOfMeasures, alphaDivergenceOfWeights } from '../../src/math/alpha-family.ts';
import { openEngine } from '../../src/open.ts';
import type { Value } from '../../src/program/index.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { pairsOfWeights, readPairs, worstOf } from './random-pairs.ts';

/** ½χ² of Neyman is D_3, 2 (1 − √x)² that of D_0; both have other evaluations to be compared with. */
const pearson: FDivergenceDefinition = {
  name: 'pearson', term: ({ excess }) => excess.squared().times(0.5), atZero: 0.5, atInfinity: Infinity,
};
const hellinger: FDivergenceDefinition = {
  name: 'fourHellinger', term: ({ ratio, excess }) => excess.over(ratio.sqrt().plus(1)).as('root').squared().times(2),
  atZero: 2, atInfinity: 2,
};
const jeffreys: FDivergenceDefinition = {
  name: 'jeffreys', atZero: Infinity, atInfinity: Infinity,
  term: ({ ratio, excess }) => excess.times(excess.absolute().isLess(0.5).select(excess.log1p(), ratio.log())),
};
const entropic: BregmanDefinition = {
  name: 'entropic', infinite: { withoutP: false, withoutQ: true },
  term: ({ p, q, difference }) => p.equals(0).select(q, p.times(difference.over(q).log1p()).minus(difference)),
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

test('on the CPU they run in WebAssembly, whatever the masses are', async () => {
  using engine = await openEngine({ backend: 'cpu', check: 'all' });
  for (const outcomes of [2, 9, 300]) {
    const { p, q } = pairsOfWeights(outcomes, 30, outcomes);
    const masses = q.map((row, k) => row.map((x) => Math.fround(x * 2 ** (k % 3 === 0 ? 50 : -50)))); // which change nothing
    for (const own of [...[pearson, hellinger, jeffreys].map(defineFDivergence), defineBregman(entropic)]) {
      const [a, b, c] = [p, q, masses].map((rows) => engine.rows([...rows], { outcomes, form: 'weights' }));
      const [result, other] = [own(a!, b!), own(a!, c!)];
      const [values, others] = [await result.read(), await other.read()];
      expect(result.report.adapter).toMatch(/^WebAssembly/);
      if (own.operation.name !== 'entropic') expect(others).toEqual(values);
    }
  }
});

test('rows that differ by little keep their digits on the CPU, whatever f does next to 1', async () => {
  const variation = defineFDivergence({ name: 'variation', term: ({ excess }) => excess.absolute().times(0.5), atZero: 0.5, atInfinity: 0.5 });
  using engine = await openEngine({ backend: 'cpu', check: 'all' });
  for (const mass of [1, 3]) {
    const p = Array.from({ length: 40 }, (_, row) => [1, 0.7, 2 ** -row, 0.3, 0.9]);
    const q = p.map((row) => row.map((x, k) => Math.fround(mass * (k === 2 ? x * (1 + 2 ** -12) : x))));
    const [a, b] = [p, q].map((rows) => engine.rows(rows, { outcomes: 5, form: 'weights' }));
    const got = await variation(a!, b!).read();
    (await totalVariationDistance(a!, b!).read()).forEach((d, row) => expect(Math.abs(got[row]! / d - 1)).toBeLessThan(1e-6));
    for (const own of [pearson, hellinger, jeffreys]) await defineFDivergence(own)(a!, b!).read();
  }
});

test('equal rows have no divergence from one another, whatever their masses are', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const p = Array.from({ length: 40 }, (_, row) => Array.from({ length: 7 }, (_entry, k) => 1 + ((31 * row + 17 * k * k) % 1009)));
  const [a, b] = [p, p.map((row, k) => row.map((x) => x * (3 + k)))].map((rows) => engine.rows(rows, { outcomes: 7, form: 'weights' }));
  for (const own of [pearson, hellinger, jeffreys].map(defineFDivergence)) {
    expect([...await own(a!, b!).read()]).toEqual(p.map(() => 0));
  }
});

const wrongF: readonly [Partial<FDivergenceDefinition>, string][] = [
  [{ name: '' }, 'name'], [{ name: 'a-b' }, 'name'], [{ term: undefined as never }, 'term'],
  [{ term: ({ excess }) => excess.exp() }, 'term'], [{ term: ({ ratio }) => ratio.minus(1) }, 'term'],
  [{ term: ({ ratio }) => ratio.times(ratio.log()) }, 'term'],
  [{ atZero: -1 }, 'atZero'], [{ atInfinity: Number.NaN }, 'atInfinity'], [{ ulps: 0 }, 'ulps'],
];
test.each(wrongF)('%j is no f-divergence', async (wrong, argument) => {
  await expectFailure(() => defineFDivergence({ ...pearson, ...wrong }), DomainError, 'domain', { operation: 'defineFDivergence', argument });
});

const wrongB: readonly [Partial<BregmanDefinition>, string][] = [
  [{ term: ({ p }) => p }, 'term'], [{ term: 3 as never }, 'term'], [{ infinite: {} as never }, 'infinite'], [{ name: '1x' }, 'name'],
];
test.each(wrongB)('%j is no Bregman divergence', async (wrong, argument) => {
  await expectFailure(() => defineBregman({ ...entropic, ...wrong }), DomainError, 'domain', { operation: 'defineBregman', argument });
});

type Term = FDivergenceDefinition['term'];
let foreign: Value | undefined;
defineFDivergence({ ...pearson, term: ({ excess }) => (foreign = excess).squared() });

/** What is wrong with an expression, and what the error says: the value, and what it got. */
const wrongTerms: readonly (readonly [string, Term, typeof DomainError | typeof ShapeError, argument: string, got: string])[] = [
  ['an unknown name', (given) => (given as unknown as { readonly x: Value }).x, ShapeError, 'x', 'the unknown argument "x"'],
  ['a number', () => 0 as never, ShapeError, 'term', '0'],
  ['nothing', () => undefined as never, ShapeError, 'term', 'undefined'],
  ['a condition', ({ excess }) => excess.isLess(0), ShapeError, 'term', 'a condition'],
  ['an infinity', ({ excess }) => excess.infiniteWhere(excess.isLess(0)), ShapeError, 'term', 'one that is infinite under a condition'],
  ['NaN as an operand', ({ excess }) => excess.times(Number.NaN), DomainError, 'multiply', 'NaN'],
  ['a condition as a number', ({ excess }) => excess.plus(excess.isLess(0).as('below')), DomainError, 'below', 'a condition of each row'],
  ['a sum over outcomes', ({ excess }) => excess.as('excess').sum(), DomainError, 'excess', 'a number of each row'],
  ['a value of another definition', ({ ratio }) => ratio.minus(foreign!), DomainError, 'excess', 'the argument "excess" of another'],
];
test.each(wrongTerms)('%s in a term is refused when it is defined', async (_, term, error, argument, got) => {
  const code = error === ShapeError ? 'shape' : 'domain';
  await expectFailure(() => defineFDivergence({ ...pearson, term }), error, code, { operation: 'pearson', argument, got });
});

test('all pairs of rows run in WebAssembly too, and are what the rows are', async () => {
  using engine = await openEngine({ backend: 'cpu', check: 'all' });
  for (const outcomes of [3, 70]) {
    const { p, q } = pairsOfWeights(outcomes, 19, outcomes);
    const [a, b] = [p.slice(0, 5), q].map((rows) => engine.rows([...rows], { outcomes, form: 'weights' }));
    for (const own of [...[pearson, jeffreys].map(defineFDivergence), defineBregman(entropic), linWongDivergence]) {
      const matrix = divergenceMatrix(a!, b!, { divergence: own });
      const pairs = await matrix.read();
      expect(matrix.report.adapter).toMatch(/^WebAssembly/);
      for (const row of [0, 4]) {
        const rows = await own(engine.rows([p[row]!], { outcomes, form: 'weights' }), b!).read();
        expect([...pairs.subarray(19 * row, 19 * (row + 1))]).toEqual([...rows]);
      }
    }
  }
});
