/** The fast path of the CPU on random rows, against the f64 reference of each pair. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import {
  alphaDivergence, extendedAlphaDivergence, jensenShannonDivergence, klDivergence, openEngine, pearsonChiSquaredDivergence, type Tensor,
} from '../../src/index.ts';
import { alphaDivergenceOfMeasures, alphaDivergenceOfWeights } from '../../src/math/alpha-family.ts';
import { jensenShannonOfWeights } from '../../src/math/jensen-shannon.ts';
import { pairsOfWeights, readPairs, worstOf, type Pairs } from './random-pairs.ts';

let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu' }); });
afterAll(() => engine.dispose());

/** Lengths below, at and beside whole quads and blocks of sixteen. */
const lengths = [2, 3, 4, 7, 16, 17, 33, 250, 1027];
const rows = 60;

const all = (outcomes: number): Pairs => pairsOfWeights(outcomes, rows, 17 * outcomes);
const each = ({ p, q }: Pairs, of: (p: number[], q: number[]) => number): number[] => p.map((row, index) => of(row, q[index]!));

describe.each(lengths)('%i outcomes', (outcomes) => {
  test.each([-3, -1.7, -1 - 1e-9, -1, -1 + 1e-7, -0.3, -1e-12, 0, 0.3, 1, 2.9])('α = %d', async (alpha) => {
    const pairs = all(outcomes);
    const worst = worstOf(await readPairs(engine, pairs, (p, q) => alphaDivergence(p, q, { alpha })), each(pairs, (p, q) => alphaDivergenceOfWeights(p, q, alpha)));
    expect(worst.ulps, JSON.stringify(worst)).toBeLessThanOrEqual(Math.abs(alpha) <= 1 ? 4 : 6);
  });

  test.each([-14, -6, 4.5, 9])('α = %d, far from 0', async (alpha) => {
    const pairs = all(outcomes);
    const worst = worstOf(await readPairs(engine, pairs, (p, q) => alphaDivergence(p, q, { alpha })), each(pairs, (p, q) => alphaDivergenceOfWeights(p, q, alpha)));
    expect(worst.ulps, JSON.stringify(worst)).toBeLessThanOrEqual(32);
  });

  test.each([-2, -1, 0.5])('of measures, α = %d', async (alpha) => {
    const pairs = all(outcomes);
    const worst = worstOf(await readPairs(engine, pairs, (p, q) => extendedAlphaDivergence(p, q, { alpha })), each(pairs, (p, q) => alphaDivergenceOfMeasures(p, q, alpha)));
    expect(worst.ulps, JSON.stringify(worst)).toBeLessThanOrEqual(6);
  });

  test.each([0.5, 0.03, 0.999])('Jensen–Shannon with weight %d', async (weight) => {
    const pairs = all(outcomes);
    const worst = worstOf(await readPairs(engine, pairs, (p, q) => jensenShannonDivergence(p, q, { weight })), each(pairs, (p, q) => jensenShannonOfWeights(p, q, weight)));
    expect(worst.ulps, JSON.stringify(worst)).toBeLessThanOrEqual(4);
  });
});

describe('boundaries', () => {
  const read = async (divergence: (p: Tensor, q: Tensor) => Tensor, p: number[], q: number[]): Promise<number> => {
    const [d] = await divergence(engine.rows([p], { outcomes: p.length, form: 'weights' }), engine.rows([q], { outcomes: q.length, form: 'weights' })).read();
    return d!;
  };
  const tiny = 2 ** -149;
  test.each([[[1, 0], [0, 1], Infinity], [[1, 0], [1, 0], 0], [[1, 0, 0, 0, 0], [1, 1, 1, 1, 1], Math.log(5)], [[1, 0], [1, tiny], tiny], [[1, tiny], [1, 0], Infinity], [[tiny * 2 ** 60, 1], [1, 1], Math.LN2]])('KL of %j from %j is %d', async (p, q, expected) => {
    const got = await read(klDivergence, p, q);
    if (expected === 0 || expected === Infinity) expect(got).toBe(expected);
    else expect(Math.abs(got / expected - 1)).toBeLessThan(2 ** -22);
  });

  test('a divergence beyond f32 is infinite, and one below it is 0 or subnormal', async () => {
    expect(await read(pearsonChiSquaredDivergence, [1, 1], [1, 2 ** -99])).toBe(2 ** 97);
    expect(await read((p, q) => alphaDivergence(p, q, { alpha: -9 }), [1, 1], [1, 2 ** -99])).toBe(Infinity);
    expect(await read((p, q) => alphaDivergence(p, q, { alpha: -1 }), [1, 2 ** -140], [1, 2 ** -139])).toBeLessThan(2 ** -139);
  });

  test('minus zero is zero', async () => {
    expect(await read(klDivergence, [1, -0, 1], [1, 0, 1])).toBe(0);
    expect(await read(klDivergence, [1, -0, 1], [1, 2, 1])).toBe(Math.fround(Math.LN2));
  });

  test('equal rows are at distance 0, whatever their masses', async () => {
    const row = Array.from({ length: 37 }, (_, k) => Math.fround(1 / (k + 1)));
    for (const alpha of [-5, -1, 0, 0.4]) expect(await read((p, q) => alphaDivergence(p, q, { alpha }), row, row.map((x) => 2 * x))).toBe(0);
  });
});
