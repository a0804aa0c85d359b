import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { crossEntropy, entropy, klDivergence } from '../../src/index.ts';
import { Levels, meanSurprisal } from '../../src/math/surprisal.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { relativeError, uniformFrom } from '../math/relative-error.ts';
import { pairsOfLogits, pairsOfWeights, readPairs, worstOf, type Pairs } from './random-pairs.ts';

const single = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => row.map(Math.fround));

/** Entropies to 80 digits, rounded; and the cross-entropies to (2, 1e-30, 3). */
const weights = single([[1, 1e-7, 0], [1, 1e-30, 1e-35], [1, 1, 1e-20], [0.1, 0.2, 0.7], [1e10, 1e-20, 3]]);
const ofWeights = [1.7118094177506519e-06, 7.007836891366866e-29, 0.6931471805599453, 0.8018185624930723, 6.878171590363253e-09];
const model = single([[2, 1e-30, 3]]);
const toModel = [0.9162977089435356, 0.9162907318741551, 35.80164071547927, 14.58660546425868, 0.9162907317525155];
const logits = single([[0, -50, -80], [5, 5, -1000], [100, 3, 99.5], [0, -87, -88.5]]);
const ofLogits = [9.836624224617443e-21, 0.6931471805599453, 0.6628473185791794, 1.7769850598837972e-36];

const reference = ({ form, p, q }: Pairs): number[] => {
  const levels = (row: readonly number[]): Levels => new Levels(row, form === 'logits');
  return p.map((row, k) => meanSurprisal(levels(row), levels(q[k % q.length]!), row.length));
};

test('the reference', () => {
  const expectClose = (pairs: Pairs, expected: readonly number[]): void =>
    reference(pairs).forEach((value, row) => expect(relativeError(value, expected[row]!)).toBeLessThanOrEqual(1e-13));
  expectClose({ form: 'weights', p: weights, q: weights }, ofWeights);
  expectClose({ form: 'weights', p: weights, q: model }, toModel);
  expectClose({ form: 'logits', p: logits, q: logits }, ofLogits);
});

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor('webgpu'), { regime }); });
  afterAll(() => engine.dispose());

  const entropies = (form: DistributionForm, p: readonly number[][]): Promise<number[]> => readPairs(engine, { form, p, q: p }, (rows) => entropy(rows));

  test('80-digit values to 4 ulp', async () => {
    expect(worstOf(await entropies('weights', weights), ofWeights).ulps).toBeLessThanOrEqual(4);
    expect(worstOf(await entropies('logits', logits), ofLogits).ulps).toBeLessThanOrEqual(4);
    expect(worstOf(await readPairs(engine, { form: 'weights', p: weights, q: model }, crossEntropy), toModel).ulps).toBeLessThanOrEqual(4);
  });

  test.each([2, 5, 64, 700])('random rows of %d outcomes to 4 ulp', async (outcomes) => {
    const rows = regime === 'lane' ? 100 : 12;
    for (const pairs of [pairsOfWeights(outcomes, rows, outcomes), pairsOfLogits(outcomes, rows, outcomes), sharpened(outcomes, rows)]) {
      expect(worstOf(await readPairs(engine, pairs, crossEntropy), reference(pairs)).ulps).toBeLessThanOrEqual(4);
      expect(worstOf(await entropies(pairs.form, pairs.p), reference({ ...pairs, q: pairs.p })).ulps).toBeLessThanOrEqual(4);
    }
  });

  test('targets of one form, predictions of another', async () => {
    const { p, q } = pairsOfWeights(9, 20, 3);
    const scores = q.map((row) => row.map((x) => Math.fround(Math.log(x))));
    const expected = p.map((row, k) => meanSurprisal(new Levels(row, false), new Levels(scores[k]!, true), 9));
    using targets = engine.rows([...p], { outcomes: 9, form: 'weights' });
    using predictions = engine.rows(scores, { outcomes: 9, form: 'logits' });
    expect(worstOf([...await crossEntropy(targets, predictions).read()], expected).ulps).toBeLessThanOrEqual(4);
    const back = scores.map((row, k) => meanSurprisal(new Levels(row, true), new Levels(p[k]!, false), 9));
    expect(worstOf([...await crossEntropy(predictions, targets).read()], back).ulps).toBeLessThanOrEqual(4);
  });

  test('131,072 outcomes: the uniform row, and log n', async () => {
    const outcomes = 131_072;
    const rows = engine.rows(new Float32Array(outcomes).fill(3), { outcomes, form: 'weights' });
    expect(worstOf([...await entropy(rows).read()], [Math.log(outcomes)]).ulps).toBeLessThanOrEqual(2);
  });
});

/** Logits of rows in which one outcome is next to certain. */
function sharpened(outcomes: number, rows: number): Pairs {
  const uniform = uniformFrom(outcomes);
  const row = (): number[] => Array.from({ length: outcomes }, (_, k) => (k === 1 ? 30 : Math.fround(-50 * uniform())));
  return { form: 'logits', p: Array.from({ length: rows }, row), q: Array.from({ length: rows }, row) };
}

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  test('zeros: certain rows, p log 0, and logits of −∞', async () => {
    const p = engine.rows([[0, 2, 0], [1, 1, 0], [1, 1, 0], [1, 0, 1]], { outcomes: 3, form: 'weights' });
    const q = engine.rows([[0, 5, 0], [1, 0, 0], [3, 1, 0], [0, 1, 1]], { outcomes: 3, form: 'weights' });
    const z = engine.rows([[-Infinity, 2, -Infinity], [0, -Infinity, 1], [0, 0, -Infinity], [-Infinity, 0, 0]], { outcomes: 3, form: 'logits' });
    expect([...await entropy(p).read()]).toEqual([0, Math.LN2, Math.LN2, Math.LN2].map(Math.fround));
    expect([...await entropy(z).read()].slice(2)).toEqual([Math.LN2, Math.LN2].map(Math.fround));
    const cross = await crossEntropy(p, q).read();
    expect([cross[0], cross[1], cross[3]]).toEqual([0, Infinity, Infinity]);
    expect(worstOf([cross[2]!], [0.5 * Math.log(4) + 0.5 * Math.log(4 / 3)]).ulps).toBeLessThanOrEqual(4);
    expect([...await crossEntropy(p, z).read()]).toEqual([0, Infinity, Math.fround(Math.LN2), Infinity]);
  });

  test('H(p, q) = H(p) + KL(p‖q), and H(p) ≤ log n', async () => {
    const pairs = pairsOfWeights(6, 40, 5);
    const [cross, own, kl] = [await readPairs(engine, pairs, crossEntropy), await readPairs(engine, pairs, (rows) => entropy(rows)), await readPairs(engine, pairs, klDivergence)];
    cross.forEach((h, row) => expect(Math.abs(h - own[row]! - kl[row]!)).toBeLessThanOrEqual(12 * 2 ** -23 * h));
    own.forEach((h) => expect(h).toBeLessThanOrEqual(Math.log(6) * (1 + 2 ** -22)));
  });

  test('logits beyond all bounds give no NaN', async () => {
    const p = engine.rows([[3e38, -3e38, 0], [0, 0, 0], [1e30, 0, 1]], { outcomes: 3, form: 'logits' });
    const q = engine.rows([[-3e38, 3e38, 0], [0, 1e36, 0], [0, 1e30, 1]], { outcomes: 3, form: 'logits' });
    const cross = await crossEntropy(p, q).read();
    expect(cross.every((h) => h >= 0)).toBe(true);
    expect(worstOf([...cross].slice(1), [(2 / 3) * 1e36, 1e30].map(Math.fround)).ulps).toBeLessThanOrEqual(4);
  });
});
