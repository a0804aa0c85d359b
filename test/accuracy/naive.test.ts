import { afterAll, beforeAll, expect, it } from 'vitest';
import { naiveAlphaDivergence } from '../../accuracy/naive.ts';
import { openEngine, type Engine, type Tensor } from '../../src/index.ts';
import { alphaDivergenceOfLogits } from '../../src/math/alpha-family.ts';
import { placeFor } from '../engine/place.ts';
import { uniformFrom } from '../math/relative-error.ts';

const p = [0.5, 0.25, 0.25];
const q = [0.25, 0.125, 0.625];
const logarithms = (row: readonly number[]): number[] => row.map((x) => Math.log(x) + 3);

/** The textbook formula in f64. */
function textbook(alpha: number): number {
  const sum = (term: (x: number, y: number) => number): number => p.reduce((total, x, k) => total + term(x, q[k]!), 0);
  if (alpha === -1) return sum((x, y) => x * Math.log(x / y));
  if (alpha === 1) return sum((x, y) => y * Math.log(y / x));
  return (4 / (1 - alpha ** 2)) * (1 - sum((x, y) => x ** ((1 - alpha) / 2) * y ** ((1 + alpha) / 2)));
}

let engine: Engine;
beforeAll(async () => { engine = await openEngine(await placeFor('webgpu')); });
afterAll(() => engine.dispose());

it.each([-3, -1, -0.5, 0, 1, 2.5])('the naive kernel computes the textbook formula at α = %s', async (alpha) => {
  const rows = [engine.rows([p], { outcomes: 3 }), engine.rows([q], { outcomes: 3 })] as const;
  const logits = [p, q].map((row) => engine.rows([logarithms(row)], { outcomes: 3, form: 'logits' })) as [typeof rows[0], typeof rows[1]];
  for (const [x, y] of [rows, logits]) {
    const [got] = await naiveAlphaDivergence(x, y, { alpha }).read();
    expect(Math.abs(got! / textbook(alpha) - 1)).toBeLessThan(1e-4);
  }
});

it('the naive kernel keeps to whole rows of logits, however long', async () => {
  const outcomes = 32_768;
  const random = uniformFrom(1);
  const [a, b] = [0, 1].map(() => Float32Array.from({ length: outcomes }, () => 2 * random() - 1)) as [Float32Array, Float32Array];
  const [x, y] = [a, b].map((data) => engine.rows(data, { outcomes, form: 'logits' })) as [Tensor, Tensor];
  const [got] = await naiveAlphaDivergence(x, y, { alpha: 0 }).read();
  expect(Math.abs(got! / alphaDivergenceOfLogits(a, b, 0) - 1)).toBeLessThan(1e-3);
});
