import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DistributionForm } from '../../src/engine/forms.ts';
import { alphaDivergence, fisherRaoDistance, hellingerDistance, klDivergence, openEngine, probabilities, reverseKlDivergence, type Engine, type Tensor } from '../../src/index.ts';
import { expectedValue, goldenLogitsCases } from '../../host/golden/divergences.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { pairsOfLogits, ulpsOf } from './random-pairs.ts';

type Rows = readonly (readonly number[])[];
type Divergence = (p: Tensor, q: Tensor) => Tensor;

let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu', check: 'all' }); });
afterAll(() => engine.dispose());

const alphaOf = (alpha: number): Divergence => (p, q) => alphaDivergence(p, q, { alpha });
const nothing = -Infinity;

/** The values, made by WebAssembly and each certified against the reference. */
async function certified(divergence: Divergence, p: Rows, q: Rows, form: DistributionForm = 'logits'): Promise<number[]> {
  const outcomes = p[0]!.length;
  using result = divergence(engine.rows(p, { outcomes, form }), engine.rows(q, { outcomes, form }));
  const values = [...await result.read()];
  expect(result.report.adapter).toMatch(/^WebAssembly SIMD/);
  expect(result.report.certificate).toMatchObject({ passed: true, rowsChecked: p.length });
  return values;
}

test('golden values to 4 ulp', async () => {
  const cases = goldenLogitsCases.filter(({ alpha }) => Math.abs(alpha) <= 3);
  expect(cases.length).toBeGreaterThan(20);
  const errors = await Promise.all(cases.map(async ({ a, b, alpha, expected }) => {
    const padding = new Array<number>(a.length === 1 ? 1 : 0).fill(nothing);
    const [got] = await certified(alphaOf(alpha), [[...a, ...padding]], [[...b, ...padding]]);
    return { alpha, outcomes: a.length, got, expected, ulps: ulpsOf(got!, expectedValue(expected)) };
  }));
  expect(errors.filter(({ ulps }) => !(ulps <= 4))).toEqual([]);
});

test.each([2, 3, 4, 5, 15, 16, 17, 63, 255, 256, 257, 1000, 8193])('random rows of %d outcomes', async (outcomes) => {
  for (const alpha of [-3, -1, -1 + 1e-7, -0.3, 0, 0.5, 1, 2]) {
    const { p, q } = pairsOfLogits(outcomes, outcomes > 1000 ? 4 : 60, 17 * outcomes + Math.round(10 * alpha));
    await certified(alphaOf(alpha), p, q);
  }
});

test('members of the family, log-probabilities, one row for all', async () => {
  const { p, q } = pairsOfLogits(50, 40, 11);
  for (const divergence of [klDivergence, reverseKlDivergence, hellingerDistance, fisherRaoDistance]) {
    await certified(divergence, p, q);
    await certified(divergence, p, q.slice(0, 1));
    await certified(divergence, p.map(logProbabilities), q.map(logProbabilities), 'logProbabilities');
  }
});

function logProbabilities(row: readonly number[]): number[] {
  const mass = Math.log(row.reduce((sum, x) => sum + Math.exp(x - Math.max(...row)), 0)) + Math.max(...row);
  return row.map((x) => Math.fround(x - mass));
}

test.each([-3, -2, -1, 0, 1, 3])('probabilities of zero at α = %d', async (alpha) => {
  const p = [[nothing, 0, 1, nothing], [0, 2, 1, nothing], [0, nothing, 1, 2], [nothing, 0, nothing, nothing], [nothing, 0, 1, 2]];
  const q = [[0, nothing, 1, nothing], [0, nothing, 1, nothing], [0, 3, 1, 2], [0, nothing, 1, 0], [-9000, 0, 1, 2]];
  await certified(alphaOf(alpha), p, q);
  const long = pairsOfLogits(700, 30, 5);
  const masked = (rows: Rows, one: number): number[][] => rows.map((row, r) => row.map((x, k) => ((k * (r + 1)) % 5 === 1 || k === one ? nothing : x)));
  await certified(alphaOf(alpha), masked(long.p, -1), masked(long.q, -1));
  await certified(alphaOf(alpha), masked(long.p, 300), masked(long.q, -1));
  await certified(alphaOf(alpha), masked(long.p, 300), masked(long.q, 301));
});

test.each([-3, -1.5, -1, 0, 1, 3])('logits far apart at α = %d', async (alpha) => {
  const scales = [100, 190, 300, 1e3, 1e4, 1e6];
  await certified(alphaOf(alpha), scales.flatMap((s) => [[s, 0, -s], [0, s, -s], [s, s, -s]]), scales.flatMap((s) => [[-s, 0, s], [0, -s, s], [s, 0, nothing]]));
});

test('the largest logits', async () => {
  using unchecked = await openEngine({ backend: 'cpu' });
  for (const s of [1e20, 3e38].map(Math.fround)) {
    const [p, q] = [[[-s, 0, s], [0, -s, s], [s, 0, nothing]], [[s, 0, -s], [0, s, -s], [s, s, -s]]];
    using d = klDivergence(unchecked.rows(p, { outcomes: 3, form: 'logits' }), unchecked.rows(q, { outcomes: 3, form: 'logits' }));
    const [first, second, third] = await d.read();
    expect([first, second]).toEqual(s < 1e38 ? [Math.fround(2 * s), Math.fround(2 * s)] : [Infinity, Infinity]);
    expect(third).toBeCloseTo(Math.LN2, 6);
  }
});

test('near rows, moved by offsets up to thousands', async () => {
  const uniform = uniformFrom(8);
  for (const [moveP, moveQ] of [[0, 0], [20, -15], [300, -400], [3000, -3000]] as const) {
    for (const distance of [1e-2, 1e-4, 1e-6, 1e-7]) {
      const p = Array.from({ length: 50 }, () => Array.from({ length: 37 }, () => Math.fround(20 * uniform() + moveP)));
      const q = p.map((row) => row.map((x) => Math.fround(x - moveP + moveQ + distance * uniform())));
      for (const alpha of [-1, 0.5, 3]) await certified(alphaOf(alpha), p, q);
    }
  }
});

test('rows that differ by a constant are equal, and D₀ is symmetric to the last bit', async () => {
  const { p, q } = pairsOfLogits(100, 60, 5);
  expect(await certified(alphaOf(0.3), p, p)).toEqual(p.map(() => 0));
  const coarse = p.map((row) => row.map((x) => Math.round(8 * x) / 8));
  for (const move of [35, 1000]) expect(await certified(klDivergence, coarse, coarse.map((row) => row.map((x) => x + move)))).toEqual(p.map(() => 0));
  expect(await certified(alphaOf(0), p, q)).toEqual(await certified(alphaOf(0), q, p));
});

test('softmax and normalised weights', async () => {
  const { p } = pairsOfLogits(101, 40, 3);
  const all = { logits: [...p, p[0]!.map((x, k) => (k % 3 === 0 ? nothing : 30 * x))], weights: p.map((row) => row.map((x) => Math.fround(Math.exp(x)))) } as const;
  for (const form of ['logits', 'weights'] as const) {
    for (const outcomes of [2, 3, 4, 7, 101]) {
      using result = probabilities(engine.rows(all[form].map((row) => row.slice(0, outcomes).with(1, 0.5)), { outcomes, form }));
      await result.read();
      expect(result.report.adapter).toMatch(/^WebAssembly SIMD/);
      expect(result.report.certificate!.passed).toBe(true);
    }
  }
});
