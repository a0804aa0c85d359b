import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, euclideanGradient, hellingerDistance, klDivergence, openEngine, reverseKlDivergence, valueAndGradient, type Engine } from '../../src/index.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { pairsOfWeights } from './random-pairs.ts';

type Rows = readonly (readonly number[])[];
let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu', check: 'all' }); });
afterAll(() => engine.dispose());

const rowsOf = (rows: Rows, form: DistributionForm): Tensor => engine.rows(rows, { outcomes: rows[0]!.length, form });

/** Reads a fast result every row of which the certificate has compared with the reference. */
async function certified(result: Tensor): Promise<Float32Array> {
  const numbers = await result.read();
  const { adapter, certificate } = result.report;
  expect([adapter.startsWith('WebAssembly SIMD'), certificate?.passed, certificate?.rowsChecked]).toEqual([true, true, result.rows]);
  return numbers;
}

/** Rows that are near, far, peaked, scaled apart or equal, some with zeros. */
function randomWeights(outcomes: number, rows: number, seed: number): readonly [Rows, Rows] {
  const uniform = uniformFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const pairs = Array.from({ length: rows }, () => {
    const [spread, distance, factor] = [10 ** (2 * uniform() - 1), 10 ** (9 * uniform() - 8), 2 ** Math.round(80 * uniform() - 40) * (uniform() < 0.5 ? 1 : 1 + uniform())];
    const zeros = uniform() < 0.5 ? 0 : uniform() ** 3;
    const zeroed = (x: number): number => (uniform() < zeros ? 0 : x);
    const p = Array.from({ length: outcomes }, () => Math.exp(Math.max(-80, Math.min(20, spread * normal()))));
    return [p.map((x) => Math.fround(zeroed(x))), p.map((x) => Math.fround(zeroed(factor * x * Math.exp(Math.max(-60, Math.min(20, distance * normal()))))))] as const;
  });
  const alive = (row: readonly number[]): readonly number[] => (row.some((x) => x > 0) ? row : row.map(() => 1));
  return [pairs.map(([p]) => alive(p)), pairs.map(([, q]) => alive(q))];
}

/** The same of logits: with entries of minus infinity and entries that mask, moved by constants. */
function randomLogits(outcomes: number, rows: number, seed: number): readonly [Rows, Rows] {
  const uniform = uniformFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const pairs = Array.from({ length: rows }, () => {
    const [spread, distance, shift] = [10 ** (2.5 * uniform() - 1), 10 ** (9.5 * uniform() - 8), uniform() < 0.5 ? 0 : 100 * normal()];
    const [zeros, mask] = [uniform() < 0.5 ? 0 : uniform() ** 3, uniform() < 0.2 ? -1e9 : -Infinity];
    const masked = (x: number): number => (uniform() < zeros ? mask : x);
    const p = Array.from({ length: outcomes }, () => Math.fround(spread * normal()));
    return [p.map(masked), p.map((x) => Math.fround(masked(Math.fround(x + distance * normal()) + shift)))] as const;
  });
  const alive = (row: readonly number[]): readonly number[] => (row.some((x) => x > -Infinity) ? row : row.map(() => 1));
  return [pairs.map(([p]) => alive(p)), pairs.map(([, q]) => alive(q))];
}

const anyAlpha = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -15, max: 15, noNaN: true }), fc.constantFrom(-3, -1, 0, 1, 3, 1 + 1e-9));
const anyOutcomes = fc.oneof(fc.integer({ min: 2, max: 40 }), fc.constantFrom(300, 1501));

const runs = { seed: 11, numRuns: 20, endOnFailure: true };

test('random weights agree with the reference', async () => {
  await fc.assert(fc.asyncProperty(anyAlpha, anyOutcomes, fc.constantFrom('p', 'q'), fc.nat(), async (alpha, outcomes, of, seed) => {
    const [p, q] = randomWeights(outcomes, outcomes > 1000 ? 4 : 16, seed).map((rows) => rowsOf(rows, 'weights')) as [Tensor, Tensor];
    await certified(euclideanGradient(p, q, { divergence: alphaDivergence, alpha, of }));
    for (const divergence of [klDivergence, reverseKlDivergence]) await certified(euclideanGradient(p, q, { divergence, of }));
  }), runs);
});

test('values come with the gradients, and members have slopes of their own', async () => {
  await fc.assert(fc.asyncProperty(anyAlpha, anyOutcomes, fc.constantFrom('p', 'q'), fc.nat(), async (alpha, outcomes, of, seed) => {
    const pairs = pairsOfWeights(outcomes, outcomes > 1000 ? 4 : 16, seed);
    const [p, q] = [rowsOf(pairs.p, 'weights'), rowsOf(pairs.q, 'weights')];
    const both = valueAndGradient.split(await certified(valueAndGradient(p, q, { divergence: alphaDivergence, alpha, of })), outcomes);
    expect(both.gradients).toEqual(await certified(euclideanGradient(p, q, { divergence: alphaDivergence, alpha, of })));
    expect(both.values).toEqual(await alphaDivergence(p, q, { alpha }).read());
    for (const divergence of [klDivergence, reverseKlDivergence, hellingerDistance]) await certified(valueAndGradient(p, q, { divergence, of }));
    await certified(euclideanGradient(p, q, { divergence: hellingerDistance, of }));
  }), runs);
});

test('random logits agree with the reference', async () => {
  await fc.assert(fc.asyncProperty(anyAlpha, anyOutcomes, fc.constantFrom('p', 'q'), fc.nat(), async (alpha, outcomes, of, seed) => {
    const [p, q] = randomLogits(outcomes, outcomes > 1000 ? 4 : 16, seed).map((rows) => rowsOf(rows, 'logits')) as [Tensor, Tensor];
    await certified(euclideanGradient(p, q, { divergence: alphaDivergence, alpha, of }));
    for (const divergence of [klDivergence, reverseKlDivergence]) await certified(euclideanGradient(p, q, { divergence, of }));
  }), runs);
});

const none = -Infinity;
test.each([-7, -1, -0.5, 0, 1, 1.5, 4])('zeros at α = %d', async (alpha) => {
  const p: Rows = [[0, 1, 2, 0, 1], [1, 0, 2, 0, 0], [-0, 0, 1, 4, 0], [1, 1, 0, 0, 0], [8, 1, 0, 0.5, 2], [1, 1, 1, 1, 1], [0, 1, 1, 0, 3]];
  const q: Rows = [[1, 2, 0, 0, 1], [1, 4, 3, 0, 0], [0, -0, 1, 4, 1], [0, 0, 1, 2, 0], [0, 1, 5, 1e-30, 0], [1e-38, 1, 1, 1, 1e-40], [0, 0, 0, 2, 1]];
  const logs = (rows: Rows): Rows => rows.map((row) => row.map((x) => (x === 0 ? none : Math.fround(Math.log(x)))));
  for (const of of ['p', 'q'] as const) {
    await certified(valueAndGradient(rowsOf(p, 'weights'), rowsOf(q, 'weights'), { divergence: alphaDivergence, alpha, of }));
    await certified(euclideanGradient(rowsOf(logs(p), 'logits'), rowsOf(logs(q), 'logits'), { divergence: alphaDivergence, alpha, of }));
  }
});

test.each([-15, -3, -2.5, -1, 0, 1, 3, 15])('logits and weights far apart, beyond f32 and f64, at α = %d', async (alpha) => {
  const a: Rows = [[0, -400, 1], [0, -60, -85], [300, -300, 0], [0, 0, 0], [-200, 200, none], [0, -20, -45], [0, 1, -30], [0, -1e9, -1e9], [3e38, 0, -3e38], [1e-45, 2e-45, 0]];
  const b: Rows = [[-60, -180, 0], [0, -460, 3], [-300, 300, 0], [20, -20, 60], [-10, 10, 300], [-45, -20, 0], [0, 1, -72], [-1e9, 0, 3], [-3e38, 1, 3e38], [3e-45, 1e-45, 0]];
  const powers = (rows: Rows): Rows => rows.map((row) => row.map((x) => Math.fround(2 ** Math.max(-149, Math.min(99, x)))));
  for (const of of ['p', 'q'] as const) {
    await certified(euclideanGradient(rowsOf(a, 'logits'), rowsOf(b, 'logits'), { divergence: alphaDivergence, alpha, of }));
    await certified(euclideanGradient(rowsOf(powers(a), 'weights'), rowsOf(powers(b), 'weights'), { divergence: alphaDivergence, alpha, of }));
  }
});

test.each(['weights', 'logits'] as const)('one row of %s serves all, as either argument', async (form) => {
  const [p, q] = (form === 'weights' ? randomWeights : randomLogits)(21, 9, 3);
  for (const of of ['p', 'q'] as const) for (const [a, b] of [[p.slice(0, 1), q], [p, q.slice(0, 1)]] as const) {
    await certified(euclideanGradient(rowsOf(a, form), rowsOf(b, form), { divergence: klDivergence, of }));
    await certified(euclideanGradient(rowsOf(a, form), rowsOf(b, form), { divergence: alphaDivergence, alpha: 0.3, of }));
  }
});

test('rows that are equal, moved or multiples of each other pull nowhere', async () => {
  const [p] = randomWeights(37, 8, 9);
  const whole = p.map((row) => row.map((x) => Math.fround(x) * 2 ** 20).map((x) => Math.round(x % 4096) + 1));
  for (const of of ['p', 'q'] as const) for (const alpha of [-1, 0.3, 1, 5]) {
    const nothing = whole.flat().map(() => 0);
    for (const factor of [1, 3, 1 / 1024]) {
      const scaled = rowsOf(whole.map((row) => row.map((x) => factor * x)), 'weights');
      expect([...await certified(euclideanGradient(rowsOf(whole, 'weights'), scaled, { divergence: alphaDivergence, alpha, of }))]).toEqual(nothing);
      expect([...await certified(euclideanGradient(rowsOf(whole, 'weights'), scaled, { divergence: hellingerDistance, of }))]).toEqual(nothing);
    }
    const moved = rowsOf(whole.map((row) => row.map((x) => x + 1000)), 'logits');
    expect([...await certified(euclideanGradient(rowsOf(whole, 'logits'), moved, { divergence: alphaDivergence, alpha, of }))]).toEqual(nothing);
  }
});
