import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, crossEntropy, entropy, euclideanGradient, jeffreysDivergence, jensenShannonDivergence, klDivergence, probabilities, renyiDivergence, reverseKlDivergence, totalVariationDistance, valueAndGradient } from '../../src/index.ts';
import { alphaDivergenceOfLogits } from '../../src/math/alpha-family.ts';
import { renyiDivergenceOf } from '../../src/math/hellinger-integral.ts';
import { jensenShannonOfLogits } from '../../src/math/jensen-shannon.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { mixed, mixedAndTempered, tempered } from './logarithms.ts';
import { pairsOfLogits, worstOf } from './random-pairs.ts';

const backends = [{ backend: 'webgpu' }, { backend: 'cpu' }, { backend: 'reference' }] as const;
const places = [{ backend: 'webgpu', regime: 'lane' }, { backend: 'webgpu', regime: 'workgroup' }, ...backends.slice(1)] as const;

describe.each(places)('on %j', ({ backend, ...forced }) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend), forced); });
  afterAll(() => engine.dispose());
  const weights = (row: readonly number[]): Tensor => engine.rows([[...row]], { outcomes: row.length, form: 'weights' });
  const logits = (...rows: (readonly number[])[]): Tensor => engine.rows(rows.map((row) => [...row]), { outcomes: rows[0]!.length, form: 'logits' });
  const read = async (of: Tensor): Promise<number[]> => [...await of.read()];

  test('KL of weights from logits and back, to 4 ulp', async () => {
    for (const { p, z, forth, back } of mixed) {
      const [ofP, ofZ] = [weights(p), logits(z)];
      expect(worstOf(await read(klDivergence(ofP, ofZ)), [forth]).ulps).toBeLessThanOrEqual(4);
      expect(worstOf(await read(klDivergence(ofZ, ofP)), [back]).ulps).toBeLessThanOrEqual(4);
      expect(await read(reverseKlDivergence(ofZ, ofP))).toEqual(await read(klDivergence(ofP, ofZ)));
      expect(worstOf(await read(jeffreysDivergence(ofP, ofZ)), [forth + back]).ulps).toBeLessThanOrEqual(5);
    }
  });

  test('masses of all sizes, and masks', async () => {
    for (const { p, z, temperature, forth, back } of mixedAndTempered) {
      expect(worstOf(await read(klDivergence(weights(p), logits(z), { temperature })), [forth]).ulps).toBeLessThanOrEqual(4);
      expect(worstOf(await read(klDivergence(logits(z), weights(p), { temperature })), [back]).ulps).toBeLessThanOrEqual(4);
    }
  });

  test('zeros of unlike forms, and one row for all', async () => {
    const z = logits([0, -Infinity, 0], [0, 0, -Infinity]);
    expect(await read(klDivergence(weights([1, 0, 1]), z))).toEqual([0, Infinity]);
    expect(await read(klDivergence(z, weights([2, 0, 2])))).toEqual([0, Infinity]);
    expect(worstOf(await read(klDivergence(z, weights([1, 1, 1]))), [Math.log(1.5), Math.log(1.5)]).ulps).toBeLessThanOrEqual(4);
    expect(await read(klDivergence(weights([1, 1]), logits([0, -3.4028234663852886e38])))).toEqual([Math.fround(1.7014117331926443e38)]);
    const mean = klDivergence(weights([1, 0, 1]), z, { reduction: 'mean', mask: [1, 0] });
    expect(await read(mean)).toEqual([0]);
  });

  test('KL at a temperature, to 4 ulp', async () => {
    for (const { a, b, temperature, kl } of tempered) {
      expect(worstOf(await read(klDivergence(logits(a), logits(b), { temperature })), [kl]).ulps).toBeLessThanOrEqual(4);
      expect(worstOf(await read(reverseKlDivergence(logits(b), logits(a), { temperature })), [kl]).ulps).toBeLessThanOrEqual(4);
    }
  });

  test('a row of logits has the same divergence at temperature T as its multiple by T at 1', async () => {
    const { p, q } = pairsOfLogits(6, 20, 9);
    const by = (rows: readonly number[][]): number[][] => rows.map((row) => row.map((z) => 4 * z));
    const rows = (of: readonly number[][]): Tensor => engine.rows([...of], { outcomes: 6, form: 'logits' });
    expect(worstOf(await read(klDivergence(rows(by(p)), rows(by(q)), { temperature: 4 })), await read(klDivergence(rows(p), rows(q)))).ulps).toBeLessThanOrEqual(8);
  });
});

describe.each(backends)('on %j', ({ backend }) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());
  const weights = (row: readonly number[]): Tensor => engine.rows([[...row]], { outcomes: row.length, form: 'weights' });
  const logits = (row: readonly number[]): Tensor => engine.rows([[...row]], { outcomes: row.length, form: 'logits' });
  const read = async (of: Tensor): Promise<number[]> => [...await of.read()];

  test.each([2, 0.3])('other operations at temperature %d', async (temperature) => {
    const [a, b] = [[1.5, -2, 0.25, 3], [-1, 2.5, 0.5, -4]];
    expect(await read(alphaDivergence(logits(a), logits(b), { alpha: 0.3, temperature: 1 }))).toEqual(await read(alphaDivergence(logits(a), logits(b), { alpha: 0.3 })));
    const [p, q, cool] = [logits(a), logits(b), { temperature }];
    const [x, y] = [a, b].map((row) => row.map((z) => z / temperature));
    const softmax = (row: number[]): number[] => row.map((z) => Math.exp(z) / row.reduce((sum, w) => sum + Math.exp(w), 0));
    const [r, s] = [softmax(x!), softmax(y!)];
    const expectNear = async (of: Tensor, expected: readonly number[], ulps = 8): Promise<void> => expect(worstOf(await read(of), expected).ulps).toBeLessThanOrEqual(ulps);
    await expectNear(probabilities(p, cool), r, 16);
    await expectNear(entropy(p, cool), [-r.reduce((sum, w) => sum + w * Math.log(w), 0)]);
    await expectNear(crossEntropy(p, q, cool), [-r.reduce((sum, w, k) => sum + w * Math.log(s[k]!), 0)]);
    await expectNear(crossEntropy(weights([1, 0, 1, 0]), q, cool), [-(Math.log(s[0]!) + Math.log(s[2]!)) / 2]);
    await expectNear(jensenShannonDivergence(p, q, cool), [jensenShannonOfLogits(x!, y!, 0.5)]);
    await expectNear(alphaDivergence(p, q, { alpha: 0.5, ...cool }), [alphaDivergenceOfLogits(x!, y!, 0.5)]);
    await expectNear(renyiDivergence(p, q, { order: 2, ...cool }), [renyiDivergenceOf({ p: x!, q: y!, logarithmic: true }, 2)], 16);
    const gradient = s.map((w, k) => (w - r[k]!) / temperature); // of KL in the logits of q
    const scale = Math.max(...gradient.map(Math.abs));
    const [alone, both] = [await read(euclideanGradient(p, q, { divergence: klDivergence, of: 'q', ...cool })), valueAndGradient.split(await valueAndGradient(p, q, { divergence: klDivergence, of: 'q', ...cool }).read(), 4)];
    for (const got of [alone, both.gradients]) got.forEach((g, k) => expect(Math.abs(g - gradient[k]!)).toBeLessThanOrEqual(12 * ulp * scale));
    expect(worstOf([...both.values], [alphaDivergenceOfLogits(x!, y!, -1)]).ulps).toBeLessThanOrEqual(8);
  });

  test('powers of two divide exactly, near rows too', async () => {
    const { p, q } = pairsOfLogits(6, 20, 4);
    const rows = (of: readonly number[][], factor: number): Tensor => engine.rows(of.map((row) => row.map((z) => factor * z)), { outcomes: 6, form: 'logits' });
    for (const of of [jensenShannonDivergence, (a: Tensor, b: Tensor, parameters = {}) => alphaDivergence(a, b, { alpha: 0.5, ...parameters }), crossEntropy]) {
      expect(await read(of(rows(p, 4), rows(q, 4), { temperature: 4 }))).toEqual(await read(of(rows(p, 1), rows(q, 1))));
    }
  });

  test('what is no temperature is refused', () => {
    const [p, z] = [weights([1, 2]), logits([0, 1])];
    for (const temperature of [0, -1, Number.NaN, Infinity, '2', null]) {
      for (const of of [klDivergence, entropy, alphaDivergence, jeffreysDivergence]) expect(() => (of as typeof klDivergence)(z, ...(of === entropy as unknown ? [] : [z]) as [Tensor], { temperature, ...(of as unknown === alphaDivergence && { alpha: 0 }) } as never)).toThrow(expect.objectContaining({ code: 'domain', argument: 'temperature' }));
    }
    expect(() => klDivergence(p, p, { temperature: 2 })).toThrow(expect.objectContaining({ code: 'domain', argument: 'temperature', got: 'rows of weights' }));
    expect(() => totalVariationDistance(p, p, { temperature: 2 })).toThrow(expect.objectContaining({ code: 'domain', argument: 'temperature' }));
    expect(() => alphaDivergence(p, z, { alpha: 0 })).toThrow(expect.objectContaining({ code: 'domain', argument: 'q' }));
  });
});
