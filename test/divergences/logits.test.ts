import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, hellingerDistance, klDivergence } from '../../src/index.ts';
import { alphaDivergenceOfLogits, logSumExp } from '../../src/math/alpha-family.ts';
import { placeFor } from '../engine/place.ts';
import { expectedValue, goldenLogitsCases, type GoldenLogitsCase } from '../../host/golden/divergences.ts';
import { uniformFrom } from '../math/relative-error.ts';

type Rows = readonly number[][];
interface RowPairs { a: Rows; b: Rows }

const regimes = ['lane', 'team', 'workgroup'] as const satisfies Regime[];
const engines = new Map<Regime, Engine>();
beforeAll(async () => {
  for (const regime of regimes) engines.set(regime, await openEngine(await placeFor('webgpu'), { regime }));
});
afterAll(() => engines.forEach((engine) => engine.dispose()));

async function read(
  regime: Regime, { a, b }: RowPairs, divergence: (p: Tensor, q: Tensor) => Tensor, form: DistributionForm = 'logits',
): Promise<number[]> {
  const engine = engines.get(regime)!;
  const outcomes = a[0]!.length;
  using p = engine.rows([...a], { outcomes, form });
  using q = engine.rows([...b], { outcomes, form });
  using d = divergence(p, q);
  const values = [...(await d.read())];
  expect(d.report?.backend).toBe('webgpu');
  return values;
}

const alphaOf = (alpha: number) => (p: Tensor, q: Tensor): Tensor => alphaDivergence(p, q, { alpha });
const reference = ({ a, b }: RowPairs, alpha: number): number[] =>
  a.map((row, i) => alphaDivergenceOfLogits(row, b[i % b.length]!, alpha));

/** The error in units of the last place; beyond f32 only ∞ is right. */
function error(got: number, expected: number): number {
  if (got === (Math.fround(expected) === Infinity ? Infinity : expected)) return 0;
  return Math.abs(got - expected) / Math.max(expected, 2 ** -126) / ulp;
}

function expectUlps(got: readonly number[], expected: readonly number[], ulps: number, what: string): void {
  expect(got.length).toBe(expected.length);
  const wrong = got
    .map((x, row) => ({ row, got: x, expected: expected[row]!, error: error(x, expected[row]!) }))
    .filter((row) => !(row.error <= ulps));
  expect(wrong, what).toEqual([]);
}

const groups = new Map<string, GoldenLogitsCase[]>();
for (const c of goldenLogitsCases) {
  const what = `${c.a.length} outcomes, α = ${c.alpha}`;
  groups.set(what, [...(groups.get(what) ?? []), c]);
}

/** Pairs of rows at distances from 1e-6 to 10, peaked and flat, moved by different constants. Exact in f32. */
function randomPairs(outcomes: number, rows: number, seed: number): { a: number[][]; b: number[][] } {
  const uniform = uniformFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const pairs = Array.from({ length: rows }, () => {
    const [spread, distance] = [10 ** (1.2 * uniform() - 0.5), 10 ** (7 * uniform() - 6)];
    const [shiftA, shiftB] = uniform() < 0.5 ? [0, 0] : [20, -15];
    const row = Array.from({ length: outcomes }, () => spread * normal());
    return {
      a: row.map((x) => Math.fround(x + shiftA)),
      b: row.map((x) => Math.fround(Math.fround(x + shiftA) + distance * normal()) + shiftB - shiftA).map(Math.fround),
    };
  });
  return { a: pairs.map(({ a }) => a), b: pairs.map(({ b }) => b) };
}

describe.each(regimes)('logits in regime %s', (regime) => {
  test('golden values to 5 ulp', async () => {
    expect(goldenLogitsCases.length).toBeGreaterThan(20);
    await Promise.all([...groups].map(async ([what, cases]) => {
      const got = await read(regime, { a: cases.map(({ a }) => a), b: cases.map(({ b }) => b) }, alphaOf(cases[0]!.alpha));
      expectUlps(got, cases.map(({ expected }) => expectedValue(expected)), 5, what);
    }));
  });

  test('random rows to 4 ulp of the reference', async () => {
    const anyAlpha = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(-1, 0, 1, 1 + 1e-9));
    const anyLength = fc.constantFrom(2, 3, 17, 300, 4096);
    await fc.assert(fc.asyncProperty(anyAlpha, anyLength, fc.nat(), async (alpha, outcomes, seed) => {
      const pairs = randomPairs(outcomes, outcomes > 1000 ? 8 : 64, seed);
      expectUlps(await read(regime, pairs, alphaOf(alpha)), reference(pairs, alpha), 4, `α = ${alpha}, ${outcomes} outcomes`);
    }), { numRuns: 5, endOnFailure: true });
  });
});

const nothing = -Infinity;

test.each([-2, -1, 0, 1, 3])('probabilities of zero at α = %d', async (alpha) => {
  const pairs: RowPairs = {
    a: [[nothing, 0, 1, nothing], [0, 2, 1, nothing], [0, nothing, 1, 2], [nothing, 0, nothing, nothing], [nothing, 0, 1, 2]],
    b: [[0, nothing, 1, nothing], [0, nothing, 1, nothing], [0, 3, 1, 2], [0, nothing, 1, 0], [-9000, 0, 1, 2]],
  };
  expectUlps(await read('lane', pairs, alphaOf(alpha)), reference(pairs, alpha), 4, `α = ${alpha}`);
});

/** D_3 = (Σ q²/p − 1)/2 and D_−3 = (Σ p²/q − 1)/2; KL of two certainties is the distance of their logits. */
const farRows: RowPairs = {
  a: [[0, -400], [0, -1000], [0, -9000], [10_000, -10_000], [0, 0], [-10_000, 10_000]],
  b: [[0, -180], [0, -480], [0, -4460], [-10_000, 10_000], [10_000, -10_000], [-10_000, -1000]],
};
test.each([
  [3, [0.5 * Math.exp(40), 0.5 * Math.exp(40), 0.5 * Math.exp(80), Infinity, 0.5, Infinity]],
  [1, [0, 0, 0, 20_000, Math.LN2, 0]],
  [-1, [0, 0, 0, 20_000, 10_000 - Math.LN2, 0]],
  [0, [0, 0, 0, 4, 4 - Math.sqrt(8), 0]],
] as const)('logits far apart at α = %d', async (alpha, expected) => {
  const got = await read('lane', farRows, alphaOf(alpha));
  expectUlps(got, expected, 4, `α = ${alpha}`);
  expectUlps(got, reference(farRows, alpha), 4, `α = ${alpha}`);
});

test.each([-2, -1, 0, 1, 3])('logits far apart beside probabilities of zero at α = %d', async (alpha) => {
  const far = [100, 1e4, 1e6, 1e20, 1e37, 3e38].map((most) => [Math.fround(most), 0, nothing, nothing]);
  const flat = far.map(() => [0, 0, 0, 0]);
  for (const pairs of [{ a: far, b: flat }, { a: flat, b: far }]) expectUlps(await read('lane', pairs, alphaOf(alpha)), reference(pairs, alpha), 4, `α = ${alpha}`);
});

/** Pairs of two outcomes of which the second has p^b q^a = e^t with t moderate, although |log q/p| is 500 to 20,000. */
function farButFinite(alpha: number): RowPairs {
  const [inner, outer] = [(1 + Math.abs(alpha)) / 2, (1 - Math.abs(alpha)) / 2]; // the exponents of q and p for α > 0
  const uniform = uniformFrom(3);
  const logits = Array.from({ length: 40 }, () => {
    const least = Math.fround(-1000 - 19_000 * uniform());
    return { least, other: Math.fround((80 * uniform() - outer * least) / inner) };
  });
  const [rare, common] = [logits.map(({ least }) => [0, least]), logits.map(({ other }) => [0, other])];
  return alpha > 0 ? { a: rare, b: common } : { a: common, b: rare };
}

test.each([2.7, 1.3, -1.9])('powers of far ratios at α = %d', async (alpha) => {
  const pairs = farButFinite(alpha);
  expectUlps(await read('lane', pairs, alphaOf(alpha)), reference(pairs, alpha), 4, `α = ${alpha}`);
});

test('rows an ulp apart, moved by a few', async () => {
  const uniform = uniformFrom(8);
  const a = Array.from({ length: 400 }, () => [uniform(), uniform() - 1.5].map(Math.fround));
  const b = a.map((row) => row.map((x) => Math.fround(x + 8e-6 + 1e-7 * uniform())));
  for (const regime of regimes) {
    expectUlps(await read(regime, { a, b }, alphaOf(-1)), reference({ a, b }, -1), 4, regime);
  }
});

test('many terms that f32 cannot hold', async () => {
  const depths = [80, 84, 86, 88, 90, 91];
  const row = (depth: number, step: number): number[] =>
    Array.from({ length: 1000 }, (_, k) => (k === 0 ? 0 : -depth - step * (k % 2)));
  const pairs = { a: depths.map((depth) => row(depth, 0)), b: depths.map((depth) => row(depth, 0.5)) };
  expect(reference(pairs, -1).at(-1)).toBeGreaterThan(2 ** -126);
  expectUlps(await read('workgroup', pairs, alphaOf(-1)), reference(pairs, -1), 4, 'α = −1');
});

test('no spread gives NaN', async () => {
  const scales = [1e3, 1e4, 1e6, 1e20, 3e38].map(Math.fround);
  const a = scales.flatMap((s) => [[s, 0, -s], [0, s, -s], [s, s, -s]]);
  const b = scales.flatMap((s) => [[-s, 0, s], [0, -s, s], [s, 0, nothing]]);
  for (const alpha of [-1.5, 1, 15]) {
    const got = await read('workgroup', { a, b }, alphaOf(alpha));
    expect(got.filter((d) => !(d >= 0))).toEqual([]);
    expectUlps(got.slice(0, 6), reference({ a: a.slice(0, 6), b: b.slice(0, 6) }, alpha), 16, `α = ${alpha}`);
  }
});

test('rows that differ by a constant are equal', async () => {
  const { a } = randomPairs(100, 20, 5);
  expect(await read('workgroup', { a, b: a }, alphaOf(0.3))).toEqual(a.map(() => 0));
  const coarse = a.map((row) => row.map((x) => Math.round(8 * x) / 8));
  const moved = coarse.map((row) => row.map((x) => x + 1000));
  expect(await read('lane', { a: coarse, b: moved }, alphaOf(-1))).toEqual(a.map(() => 0));
});

test('log-probabilities, one row for all, KL and the Hellinger distance', async () => {
  const { a, b } = randomPairs(50, 40, 11);
  const logProbabilities = (row: number[]): number[] => row.map((x) => Math.fround(x - logSumExp(row)));
  const pairs = { a: a.map(logProbabilities), b: [logProbabilities(b[0]!)] };
  expectUlps(await read('workgroup', pairs, klDivergence, 'logProbabilities'), reference(pairs, -1), 4, 'KL');
  const distances = reference(pairs, 0).map((d) => Math.sqrt(d) / 2);
  expectUlps(await read('lane', pairs, hellingerDistance, 'logProbabilities'), distances, 4, 'Hellinger');
});
