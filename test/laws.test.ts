/** What holds for all rows, whatever the numbers: random rows by fast-check, many a call, on every backend. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../src/engine/certificate.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { Tensor } from '../src/engine/tensor.ts';
import * as library from '../src/index.ts';
import {
  alphaDivergence, fisherInformation, fisherVectorProduct, hellingerDistance, klDivergence, mirrorDescent, mirrorDescentStep, naturalGradientStep,
} from '../src/index.ts';
import { openEngine } from '../src/open.ts';
import { placeFor } from './engine/place.ts';

type Called = (p: Tensor, q: Tensor, parameters: object) => Tensor;

/** Every divergence of rows, with its examples. */
const divergences = Object.values(library).flatMap((exported) => {
  if (typeof exported !== 'function' || !('divergence' in exported)) return [];
  const { name, examples = [{}] } = exported.divergence as { readonly name: string; readonly examples?: readonly object[] };
  return [{ name, examples, called: exported as Called }];
});

/** Rows of the same length; a batch of them is one operand. */
type Rows = readonly (readonly number[])[];

const batchSize = 24;
const settings = { seed: 1763, numRuns: 3 };
const tolerated = 4 * ulp; // what a divergence may err by

/** Whole numbers, so that sums of a few are exact in f32; some are 0, some are alike. */
const count = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 4, arbitrary: fc.nat(4095) }, { weight: 1, arbitrary: fc.integer({ min: 1000, max: 1003 }) });
const positive = fc.integer({ min: 1, max: 4095 });
const slope = fc.integer({ min: -64, max: 64 }).map((x) => x / 16);
const alphas = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(-1, 0, 1));

function batch(entry: fc.Arbitrary<number>, outcomes: number): fc.Arbitrary<Rows> {
  return fc.array(fc.array(entry, { minLength: outcomes, maxLength: outcomes }), { minLength: batchSize, maxLength: batchSize });
}

/** Several batches of rows of one length; every row of weights has some mass. */
function batches(...entries: fc.Arbitrary<number>[]): fc.Arbitrary<Rows[]> {
  const withMass = (rows: Rows, index: number): Rows => (entries[index] === count ? rows.map(([first, ...rest]) => [rest.some((x) => x > 0) ? first! : 1, ...rest]) : rows);
  return fc.integer({ min: 2, max: 9 }).chain((outcomes) => fc.tuple(...entries.map((entry) => batch(entry, outcomes)))).map((all) => all.map(withMass));
}

const massOf = (row: readonly number[]): number => row.reduce((sum, x) => sum + x, 0);
const rowOf = (data: Float32Array, index: number, width: number): number[] => [...data.subarray(index * width, (index + 1) * width)];

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  const weights = (rows: Rows): Tensor => engine.rows(rows, { outcomes: rows[0]!.length, form: 'weights' });
  const vectors = (rows: Rows): Tensor => engine.values(rows, { outcomes: rows[0]!.length });
  const always = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => Promise<void>): Promise<void> => fc.assert(fc.asyncProperty(arbitrary, law), settings);
  const withAlpha = (...entries: fc.Arbitrary<number>[]): fc.Arbitrary<{ alpha: number; rows: Rows[] }> => fc.record({ alpha: alphas, rows: batches(...entries) });

  test('D ≥ 0, never NaN, and at most 4/(1 − α²) for |α| < 1', () => always(withAlpha(count, count), async ({ alpha, rows: [p, q] }) => {
    const bound = Math.abs(alpha) < 1 ? (4 / (1 - alpha ** 2)) * (1 + tolerated) : Infinity;
    for (const d of await alphaDivergence(weights(p!), weights(q!), { alpha }).read()) {
      expect(d).toBeGreaterThanOrEqual(0);
      expect(d).toBeLessThanOrEqual(bound);
    }
  }));

  test('D(p‖p) = 0 exactly', () => always(withAlpha(count), async ({ alpha, rows: [p] }) => {
    expect([...await alphaDivergence(weights(p!), weights(p!), { alpha }).read()]).toEqual(new Array(batchSize).fill(0));
  }));

  test.each(divergences)('D ≥ 0, and D(p‖p) = 0: $name', ({ called, examples }) => always(batches(count, count), async ([p, q]) => {
    for (const example of examples) {
      for (const d of await called(weights(p!), weights(q!), example).read()) expect(d).toBeGreaterThanOrEqual(0);
      expect([...await called(weights(p!), weights(p!), example).read()]).toEqual(new Array(batchSize).fill(0));
    }
  }));

  test('D_α(p‖q) = D_−α(q‖p)', () => always(withAlpha(count, count), async ({ alpha, rows: [p, q] }) => {
    const forth = await alphaDivergence(weights(p!), weights(q!), { alpha }).read();
    const back = await alphaDivergence(weights(q!), weights(p!), { alpha: -alpha }).read();
    forth.forEach((d, row) => (d === Infinity ? expect(back[row]).toBe(Infinity) : expect(Math.abs(d - back[row]!)).toBeLessThanOrEqual(2 * tolerated * d)));
  }));

  test('merging two outcomes does not increase D', () => always(withAlpha(count, count), async ({ alpha, rows: [p, q] }) => {
    const merged = (rows: Rows): Rows => rows.map(([first, second, ...rest]) => [first! + second!, 0, ...rest]);
    const fine = await alphaDivergence(weights(p!), weights(q!), { alpha }).read();
    const coarse = await alphaDivergence(weights(merged(p!)), weights(merged(q!)), { alpha }).read();
    coarse.forEach((d, row) => expect(d).toBeLessThanOrEqual(fine[row]! * (1 + 2 * tolerated)));
  }));

  test('the scale of the weights does not matter', () => always(withAlpha(count, count), async ({ alpha, rows: [p, q] }) => {
    const by = (factor: number, rows: Rows): Rows => rows.map((row) => row.map((x) => x * factor));
    const plain = await alphaDivergence(weights(p!), weights(q!), { alpha }).read();
    const scaled = await alphaDivergence(weights(by(3, p!)), weights(by(2 ** -40, q!)), { alpha }).read();
    plain.forEach((d, row) => (d === Infinity ? expect(scaled[row]).toBe(Infinity) : expect(Math.abs(d - scaled[row]!)).toBeLessThanOrEqual(2 * tolerated * d)));
  }));

  test('the Hellinger distance obeys the triangle inequality', () => always(batches(count, count, count), async ([p, q, r]) => {
    const [pr, pq, qr] = [await hellingerDistance(weights(p!), weights(r!)).read(), await hellingerDistance(weights(p!), weights(q!)).read(), await hellingerDistance(weights(q!), weights(r!)).read()];
    pr.forEach((d, row) => expect(d).toBeLessThanOrEqual((pq[row]! + qr[row]!) * (1 + 2 * tolerated)));
  }));

  test('the rows of the Fisher information in logits add up to 0', () => always(batches(count), async ([p]) => {
    const n = p![0]!.length;
    const f = await fisherInformation(weights(p!), { coordinates: 'logits' }).read();
    for (let row = 0; row < batchSize * n; row++) {
      const entries = rowOf(f, row, n);
      expect(Math.abs(massOf(entries))).toBeLessThanOrEqual(8 * ulp * massOf(entries.map(Math.abs)));
    }
  }));

  test('F in θ and G in η are inverse to each other', () => always(batches(positive), async ([p]) => {
    const n = p![0]!.length - 1;
    const [f, g] = [await fisherInformation(weights(p!), { coordinates: 'theta' }).read(), await fisherInformation(weights(p!), { coordinates: 'eta' }).read()];
    for (let index = 0; index < batchSize * n * n; index++) {
      const [row, i, j] = [Math.floor(index / n), Math.floor(index / n) % n, index % n];
      const products = rowOf(f, row, n).map((x, k) => x * g[(row - i + k) * n + j]!);
      expect(Math.abs(massOf(products) - (i === j ? 1 : 0))).toBeLessThanOrEqual(16 * ulp * massOf(products.map(Math.abs)));
    }
  }));

  test.each(['theta', 'eta', 'logits'] as const)('fisherVectorProduct is the matrix times the vector in %s', (coordinates) => always(batches(positive, slope), async ([p, v]) => {
    const n = coordinates === 'logits' ? p![0]!.length : p![0]!.length - 1;
    const vector = v!.map((row) => row.slice(0, n));
    const [matrix, product] = [await fisherInformation(weights(p!), { coordinates }).read(), await fisherVectorProduct(weights(p!), vectors(vector), { coordinates }).read()];
    vector.forEach((of, row) => {
      const largest = Math.max(...rowOf(product, row, n).map(Math.abs));
      for (let i = 0; i < n; i++) {
        const products = rowOf(matrix, row * n + i, n).map((x, j) => x * of[j]!);
        expect(Math.abs(product[row * n + i]! - massOf(products))).toBeLessThanOrEqual(16 * ulp * largest + 8 * ulp * massOf(products.map(Math.abs)));
      }
    });
  }));

  test('a constant gradient moves nothing', () => always(batches(count), async ([p]) => {
    const same = await mirrorDescentStep(weights(p!), vectors(p!.map((row, index) => row.map(() => index - 7.3))), { stepSize: 1.7 }).read();
    p!.forEach((row, index) => rowOf(same, index, row.length).forEach((x, k) => expectNear(x, row[k]! / massOf(row), 8)));
  }));

  test('two e-steps are one step along the sum of the gradients', () => always(batches(count, slope, slope), async ([p, g, h]) => {
    const outcomes = p![0]!.length;
    const twice = await mirrorDescentStep(mirrorDescentStep(weights(p!), vectors(g!), { stepSize: 0.5 }), vectors(h!), { stepSize: 0.5 }).read();
    const sum = g!.map((row, index) => row.map((x, k) => x + h![index]![k]!));
    const once = await naturalGradientStep(weights(p!), vectors(sum), { stepSize: 0.5, path: 'e' }).read();
    p!.forEach((_, row) => rowOf(twice, row, outcomes).forEach((x, k) => expectNear(x, once[row * outcomes + k]!, 24)));
  }));

  test.each(['e', 'm', 'lc'] as const)('a small step on path %s is p − η p⊙(g − p·g) to first order', (path) => always(batches(count, slope), async ([p, g]) => {
    const stepSize = 2 ** -6;
    const next = await naturalGradientStep(weights(p!), vectors(g!), { stepSize, path }).read();
    p!.forEach((row, index) => {
      const probability = row.map((x) => x / massOf(row));
      const mean = massOf(probability.map((x, k) => x * g![index]![k]!));
      row.forEach((_, k) => {
        const first = probability[k]! * (1 - stepSize * (g![index]![k]! - mean));
        // |g − E g| ≤ 8, so that what is left of second order is below (8η)² p on each of the three paths.
        expect(Math.abs(next[index * row.length + k]! - first)).toBeLessThanOrEqual((8 * stepSize) ** 2 * probability[k]! + 16 * ulp);
      });
    });
  }));

  test('zero stays zero on every path and in a descent', () => always(batches(count, slope, positive), async ([p, g, t]) => {
    const results = await Promise.all([
      ...(['e', 'm', 'lc'] as const).map((path) => naturalGradientStep(weights(p!), vectors(g!), { stepSize: 0.3, path }).read()),
      mirrorDescent(weights(p!), { kind: 'alphaDivergence', alpha: 0, targets: weights(t!) }, { stepSize: 0.01, steps: 2 }).read(),
    ]);
    for (const result of results) {
      expect(result.every((x) => x >= 0 && x <= 1)).toBe(true);
      p!.flat().forEach((x, index) => { if (x === 0) expect(result[index]).toBe(0); });
    }
  }));

  test('a descent along a line is its closed form', () => always(batches(count, slope), async ([p, g]) => {
    const result = await mirrorDescent(weights(p!), { kind: 'linear', gradient: vectors(g!) }, { stepSize: 0.125, steps: 24 }).read();
    p!.forEach((row, index) => {
      const tilted = row.map((x, k) => x * Math.exp(-3 * g![index]![k]!));
      tilted.forEach((x, k) => expectNear(result[index * row.length + k]!, x / massOf(tilted), 8));
    });
  }));

  test('a descent to a target never increases KL, and arrives', () => always(batches(fc.integer({ min: 500, max: 1500 }), fc.integer({ min: 500, max: 1500 })), async ([p, t]) => {
    const targets = weights(t!);
    const after = (steps: number): Promise<Float32Array> =>
      klDivergence(targets, mirrorDescent(weights(p!), { kind: 'alphaDivergence', alpha: -1, targets }, { stepSize: 0.25, steps })).read();
    let before = await after(0);
    for (const steps of [1, 3, 9, 40]) {
      const now = await after(steps);
      now.forEach((d, row) => expect(d).toBeLessThanOrEqual(before[row]! + ulp ** 2));
      before = now;
    }
    for (const d of before) expect(d).toBeLessThan(1e-7);
  }));
});

/** Within so many ulp of what is expected, or too small for a normal f32. */
function expectNear(got: number, expected: number, ulps: number): void {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(ulps * ulp * expected + 2 ** -126);
}
