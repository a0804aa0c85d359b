import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import {
  alphaDivergence, alphaSpectrum, bhattacharyyaDivergence, crossEntropy, entropy, euclideanGradient, hellingerDistance, jensenShannonDistance,
  jensenShannonDivergence, klDivergence, mirrorDescentStep, naturalGradientStep, openEngine, probabilities, renyiDivergence, reverseKlDivergence,
  valueAndGradient, type Engine, type Tensor,
} from '../../src/index.ts';
import { placeFor } from '../engine/place.ts';
import { least, masks } from '../masks.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { closeEngines, evaluate, places, type Divergence, type Rows } from './evaluate.ts';

const M = least.f32;

/** The reference has tests of its own. */
const fast = places.filter(({ backend }) => backend !== 'reference');
afterAll(closeEngines);

const alpha = (value: number): Divergence => (p, q) => alphaDivergence(p, q, { alpha: value });
const gradient = (value: number, of: 'p' | 'q'): Divergence => (p, q) => euclideanGradient(p, q, { divergence: alphaDivergence, alpha: value, of });

/** The formulas as they are written, of logarithms of probabilities in f64: right for rows that are not near. */
const definitions: Readonly<Record<string, readonly [Divergence, (lp: readonly number[], lq: readonly number[]) => number]>> = {
  klDivergence: [klDivergence, kl],
  reverseKlDivergence: [reverseKlDivergence, (lp, lq) => kl(lq, lp)],
  crossEntropy: [crossEntropy, (lp, lq) => -sum(lp.map((x, k) => weighted(x, lq[k]!)))],
  entropy: [(p) => entropy(p), (lp) => -sum(lp.map((x) => weighted(x, x)))],
  hellingerDistance: [hellingerDistance, (lp, lq) => Math.sqrt(1 - integral(lp, lq, 0.5))],
  bhattacharyyaDivergence: [bhattacharyyaDivergence, (lp, lq) => -Math.log(integral(lp, lq, 0.5))],
  jensenShannonDivergence: [(p, q) => jensenShannonDivergence(p, q, { weight: 0.3 }), (lp, lq) => jensenShannon(lp, lq, 0.3)],
  jensenShannonDistance: [jensenShannonDistance, (lp, lq) => Math.sqrt(jensenShannon(lp, lq, 0.5))],
  renyiDivergence: [(p, q) => renyiDivergence(p, q, { order: 2 }), (lp, lq) => logSum(lp.map((x, k) => 2 * x - lq[k]!))],
  ...Object.fromEntries([-3, -1.5, -0.3, 0.5, 2].map((value) => [`alphaDivergence at ${value}`, [alpha(value), (lp: readonly number[], lq: readonly number[]) => (
    4 * (1 - integral(lp, lq, (1 - value) / 2))) / (1 - value * value)]] as const)),
};

const sum = (terms: readonly number[]): number => terms.reduce((total, x) => total + x, 0);
/** p log q, nothing where p is as good as 0. */
const weighted = (lp: number, lq: number): number => (Math.exp(lp) === 0 ? 0 : Math.exp(lp) * lq);
const integral = (lp: readonly number[], lq: readonly number[], b: number): number => sum(lp.map((x, k) => Math.exp(b * x + (1 - b) * lq[k]!)));
function kl(lp: readonly number[], lq: readonly number[]): number {
  return sum(lp.map((x, k) => weighted(x, x - lq[k]!)));
}
function jensenShannon(lp: readonly number[], lq: readonly number[], w: number): number {
  const mixture = lp.map((x, k) => Math.log(w * Math.exp(x) + (1 - w) * Math.exp(lq[k]!)));
  return w * kl(lp, mixture) + (1 - w) * kl(lq, mixture);
}
function logSum(row: readonly number[]): number {
  const top = row.reduce((x, y) => Math.max(x, y));
  return top + Math.log(sum(row.map((x) => Math.exp(x - top))));
}
function logSoftmax(row: readonly number[]): number[] {
  const total = logSum(row);
  return row.map((x) => x - total);
}
const softmax = (row: readonly number[]): number[] => logSoftmax(row).map(Math.exp);

/** Rows of f32 far from one another, with masks at about a third of the outcomes of p, of q, of both alike, or of both at random. */
function maskedRows(outcomes: number, rows: number, mask: number, other: number, seed: number): { p: number[][]; q: number[][] } {
  const uniform = uniformFrom(seed);
  const p = Array.from({ length: rows }, () => Array.from({ length: outcomes }, () => Math.fround(4 * uniform())));
  const q = p.map((row) => row.map(() => Math.fround(4 * uniform())));
  p.forEach((row, r) => row.forEach((_, k) => {
    if (k === r % outcomes || uniform() > 0.35) return;
    if (r % 4 !== 1) row[k] = mask;
    if (r % 4 !== 0 && (r % 4 !== 3 || uniform() < 0.5)) q[r]![k] = other;
  }));
  return { p, q };
}

/** Wrong values as text; beyond f32 only infinities are right. */
function wrong(name: string, got: readonly number[], expected: readonly number[], ulps: number, scale?: number): string[] {
  return expected.flatMap((value, index) => {
    const x = got[index]!;
    const rounded = Math.fround(value);
    if (x === rounded || Math.abs(x - value) <= ulps * ulp * Math.max(scale ?? Math.abs(value), 2 ** -126)) return [];
    return [`${name}, ${index}: ${x} for ${value}`];
  });
}

describe.each(fast)('on $name', (place) => {
  const read = async (divergence: Divergence, p: Rows, q: Rows): Promise<number[]> => (await evaluate(place, divergence, p, q, 'logits')).values;

  test('masks are worth what the formulas say, in one row and in both', async () => {
    const anyMask = fc.constantFrom(...masks);
    await fc.assert(fc.asyncProperty(anyMask, anyMask, fc.constantFrom(3, 17, 70), fc.nat(), async (mask, other, outcomes, seed) => {
      const { p, q } = maskedRows(outcomes, 8, mask, other, seed);
      const problems: string[] = [];
      for (const [name, [divergence, definition]] of Object.entries(definitions)) {
        problems.push(...wrong(name, await read(divergence, p, q), p.map((row, r) => definition(logSoftmax(row), logSoftmax(q[r]!))), 8));
      }
      expect(problems).toEqual([]);
    }), { numRuns: 3, endOnFailure: true, examples: [[M, least.f16, 17, 1], [-1e9, M, 3, 2]] });
  });

  test('gradients of KL at masks: q − p in q, p (log p/q − KL) in p', async () => {
    for (const mask of masks) {
      const { p, q } = maskedRows(17, 8, mask, mask, 5);
      const [inQ, inP] = [await read(gradient(-1, 'q'), p, q), await read(gradient(-1, 'p'), p, q)];
      const problems = p.flatMap((row, r) => {
        const [lp, lq, slice] = [logSoftmax(row), logSoftmax(q[r]!), [17 * r, 17 * r + 17] as const];
        const [ofQ, ofP] = [lq.map((y, k) => Math.exp(y) - Math.exp(lp[k]!)), lp.map((x, k) => weighted(x, x - lq[k]! - kl(lp, lq)))];
        const sizes = [ofQ, ofP].map((entries) => Math.max(...entries.map(Math.abs)));
        return [...wrong(`q at ${mask}`, inQ.slice(...slice), ofQ, 8, sizes[0]), ...wrong(`p at ${mask}`, inP.slice(...slice), ofP, 8, sizes[1])];
      });
      expect(problems).toEqual([]);
    }
  });

  test('one look at each', async () => {
    const [p, q, pMasked, qMasked] = [[0.5, 0, 2.5], [1, 0.5, 2], [0.5, M, 2.5], [0.5, 0, 2.5]];
    const slopes = await read(gradient(-1, 'q'), masks.map(() => p), masks.map((mask) => [1, mask, 2]));
    expect(wrong('slopes', slopes, masks.flatMap(() => [0.157775799068, -0.0674253582325, -0.0903504408351]), 8, 0.157775799)).toEqual([]);
    const bounded: readonly (readonly [Divergence, number])[] = [[klDivergence, 0.218237851043], [jensenShannonDivergence, 0.068306888251], [hellingerDistance, 0.299885374623]];
    for (const [divergence, value] of bounded) {
      const values = await read(divergence, masks.map((mask) => [0.5, mask, 2.5]), masks.map(() => q));
      expect(wrong('values', values, masks.map(() => value), 8)).toEqual([]);
    }
    expect(await read(jensenShannonDivergence as Divergence, [[720, 0], [0, M]], [[0, 720], [M, 0]])).toEqual([Math.fround(Math.LN2), Math.fround(Math.LN2)]);
    expect(await read(reverseKlDivergence, [[0, 500, M]], [[500, 0, -1e4]])).toEqual([500]);
    const both = await read((a, b) => valueAndGradient(a, b, { divergence: alphaDivergence, alpha: 2, of: 'q' }), [pMasked], [qMasked]);
    expect(both).toEqual([Infinity, -Infinity, Infinity, -Infinity]);
    const list = await read((a, b) => alphaSpectrum(a, b, { alphas: [-1, 0, 1, 3] }), [[0.5, 0, 2.5]], [[1, M, 2]]);
    expect(wrong('spectrum', list, [2.2943659122283e37, 0.2086970477606, 0.15241383077139, 0.1506461856683], 8)).toEqual([]);
  });

  test('rows of masks alone, of giants, and moved by much', async () => {
    const p = [[M, M], [M, least.bf16], [3e38, 2e38], [0, 1e9], [M, 0], [1e30, M]];
    const q = [[0, 0], [0, 0], [0, 1], [1e9, 0], [0, M], [0, 1e38]];
    expect(wrong('values', await read(klDivergence, p, q), [0, Math.LN2, Math.log(1 + Math.E), 1e9, -M, 1e38], 4)).toEqual([]);
  });
});

const forLongRows = fast.filter(({ regime }) => regime !== 'lane');
describe.each(forLongRows)('a vocabulary of 262,144, of which 1,000 are padding, on $name', (place) => {
  test('f32-min in p alone, and f32-min against f16-min', async () => {
    const [outcomes, padding] = [262_144, 1000];
    const isPad = (k: number): boolean => k >= outcomes - padding;
    const row = (period: number, pad: number): number[] => Array.from({ length: outcomes }, (_, k) => (isPad(k) ? pad : (k % period) / 4));
    const [p, padded, plain] = [row(3, M), row(5, least.f16), row(5, 0.25)];
    const expected = [padded, plain].map((q) => [kl(logSoftmax(p), logSoftmax(q)), jensenShannon(logSoftmax(p), logSoftmax(q), 0.5)]);
    for (const [index, divergence] of [klDivergence, jensenShannonDivergence as Divergence].entries()) {
      const { values } = await evaluate(place, divergence, [p, p], [padded, plain], 'logits');
      expect(wrong(place.name, values, expected.map((each) => each[index]!), 8)).toEqual([]);
    }
  });
});

describe.each(['cpu', 'webgpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());
  const logits = (data: Rows | Uint16Array<ArrayBuffer>, outcomes: number): Tensor => engine.rows(data, { outcomes, form: 'logits', ...(data instanceof Uint16Array && { storage: 'f16' as const }) });

  test('halves hold −65504 and −∞', async () => {
    const halves = (row: readonly number[]): Uint16Array<ArrayBuffer> => Uint16Array.from(row.flatMap((x) => [0x3800, x, 0x4100])); // 0.5, x, 2.5
    for (const mask of [0xfbff, 0xfc00]) {
      const [p, q] = [logits(halves([mask, 0]), 3), logits(halves([0, mask]), 3)];
      const divergences = await jensenShannonDivergence(p, q).read();
      const slopes = await euclideanGradient(p, q, { divergence: klDivergence, of: 'q' }).read();
      const [masked, plain] = [softmax([0.5, -Infinity, 2.5]), softmax([0.5, 0, 2.5])];
      const [lp, lq] = [logSoftmax([0.5, -1e4, 2.5]), logSoftmax([0.5, 0, 2.5])];
      expect(wrong('values', [...divergences], [jensenShannon(lp, lq, 0.5), jensenShannon(lq, lp, 0.5)], 4)).toEqual([]);
      expect(wrong('slopes', [...slopes.subarray(0, 3)], plain.map((x, k) => x - masked[k]!), 8, 1)).toEqual([]);
    }
  });

  test('steps from masked logits are those from weights of 0', async () => {
    const gradients = engine.values([[1, -2, 0.5], [3e38, 1, -3e38], [1e9, 2e9, 0]], { outcomes: 3 });
    for (const mask of masks) {
      const p = logits([[0.5, mask, 2.5], [mask, 0, 1], [1, 0.25, mask]], 3);
      const weights = probabilities(logits([[0.5, -Infinity, 2.5], [-Infinity, 0, 1], [1, 0.25, -Infinity]], 3));
      expect([...await probabilities(p).read()]).toEqual([...await weights.read()]);
      expect([...await mirrorDescentStep(p, gradients, { stepSize: 0.3 }).read()]).toEqual([...await mirrorDescentStep(weights, gradients, { stepSize: 0.3 }).read()]);
      for (const path of ['m', 'lc'] as const) {
        const [from, of] = [await naturalGradientStep(p, gradients, { stepSize: 0.3, path }).read(), await naturalGradientStep(weights, gradients, { stepSize: 0.3, path }).read()];
        expect([...from]).toEqual([...of]);
      }
    }
  });
});

test.each(places)('$name: of several masks the gradient is infinite with the signs of p_j^n − Σ p^(n+1)', async ({ backend }) => {
  using engine = await openEngine(await placeFor(backend));
  const [outcomes, masked, n] = [9, [1, 4, 7], 7.00005]; // of n = 7 the masks would have exact products
  const p = Array.from({ length: outcomes }, (_, k) => Math.fround(-0.7 * k));
  const q = masks.map((mask) => p.map((_, k) => (masked.includes(k) ? mask : 0)));
  const given = engine.rows([p], { outcomes, form: 'logits' });
  const got = await euclideanGradient(given, engine.rows(q, { outcomes, form: 'logits' }), { divergence: alphaDivergence, alpha: -1 - 2 * n, of: 'p' }).read();
  const share = p.map((x) => Math.exp(x - logSum(p)));
  const power = sum(masked.map((k) => share[k]! ** (n + 1)));
  const expected = share.map((x, k) => (masked.includes(k) && x ** n > power ? Infinity : -Infinity));
  for (const row of q.keys()) expect([...got.subarray(row * outcomes, (row + 1) * outcomes)]).toEqual(expected);
});
