import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import { klDivergence, mirrorDescent, mirrorDescentStep, naturalGradientStep, openEngine, type Engine, type Tensor } from '../../src/index.ts';
import { certified, rowKinds, rowsOf } from '../engine/certified.ts';
import { randomValues } from '../engine/random-rows.ts';

/** Lengths of rows round those of quads and of groups of four quads; rows of odd lengths begin anywhere. */
const lengths = [2, 3, 4, 5, 15, 16, 17, 67, 1000];

let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu', check: 'all' }); });
afterAll(() => engine.dispose());

const weights = (data: Float32Array<ArrayBuffer> | number[][], outcomes: number): Tensor => engine.rows(data, { outcomes, form: 'weights' });
const descent = (p: Tensor, targets: Tensor, alpha: number, stepSize: number, steps: number): Tensor =>
  mirrorDescent(p, { kind: 'alphaDivergence', alpha, targets }, { stepSize, steps });

describe.each(rowKinds)('rows that are %s', (...kind) => {
  test.each(lengths)('descend towards targets, %d outcomes', async (outcomes) => {
    const [p, targets, one] = [rowsOf(kind, 5, outcomes, 1), rowsOf(kind, 5, outcomes, 2), rowsOf(kind, 1, outcomes, 3)];
    for (const alpha of [-3, -1, -0.3, 0, 1 - 1e-7, 1, 2]) {
      await certified(descent(weights(p, outcomes), weights(targets, outcomes), alpha, 0.05, 12));
      await certified(descent(weights(p, outcomes), weights(one, outcomes), alpha, 1e-7, 12));
    }
  });

  test.each(lengths)('step against gradients of every size, %d outcomes', async (outcomes) => {
    const p = weights(rowsOf(kind, 5, outcomes, 4), outcomes);
    const g = randomValues(5, outcomes, 5);
    for (const scale of [1e-30, 1, 300, 1e10, 1e30]) {
      const gradient = engine.values(g.map((x) => scale * x), { outcomes });
      for (const stepSize of [1e-7, -0.7, 1e3]) {
        await certified(mirrorDescentStep(p, gradient, { stepSize }));
        for (const path of ['m', 'lc'] as const) await certified(naturalGradientStep(p, gradient, { stepSize, path }));
      }
    }
  });
});

test.each([-1, 0, 0.5, 2])('steps so large that probabilities leave f32 are those of the reference, α = %d', async (alpha) => {
  for (const [index, kind] of rowKinds.entries()) {
    await certified(descent(weights(rowsOf(kind, 5, 33, index), 33), weights(rowsOf(kind, 5, 33, index + 10), 33), alpha, 1e3, 4));
  }
});

test('a descent that overshoots has an end that is finite', async () => {
  const p = weights([[3.9, 1.4, 2.1, 2.5, 0]], 5);
  const w = await certified(descent(p, weights([[3.25, 1.85, 0.76, 0.48, 0.38]], 5), -1, 5, 20));
  expect(w.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 6);
});

test.each([-1, 0.5])('many small steps add up to a few ulp of each entry, α = %d', async (alpha) => {
  const steps = (host: Engine): Tensor => {
    const [p, targets] = [[[1, 2, 3, 4, 5]], [[5, 4, 3, 2, 1]]].map((rows) => host.rows(rows, { outcomes: 5, form: 'weights' }));
    return mirrorDescent(p!, { kind: 'alphaDivergence', alpha, targets: targets! }, { stepSize: 1e-7, steps: 20_000 });
  };
  using reference = await openEngine({ backend: 'reference' });
  const expected = await steps(reference).read();
  (await certified(steps(engine))).forEach((x, k) => expect(Math.abs(x / expected[k]! - 1)).toBeLessThanOrEqual(2 * ulp));
});

test('arrives at the target, and leaves out what weighs nothing', async () => {
  const targets = rowsOf(rowKinds[0]!, 3, 41, 6);
  const p = new Float32Array(3 * 41).fill(1);
  const w = await certified(descent(weights(p, 41), weights(targets, 41), -1, 0.05, 2000));
  for (const divergence of await klDivergence(weights(targets, 41), engine.rows(Float32Array.from(w), { outcomes: 41 })).read()) expect(divergence).toBeLessThan(1e-12);
  p[2] = 0;
  expect((await certified(descent(weights(p, 41), weights(targets, 41), -1, 0.05, 20)))[2]).toBe(0);
});

test('equal exponents beyond every log p leave the rows as they are', async () => {
  expect(await certified(mirrorDescentStep(weights([[2, 1, 1]], 3), engine.values([[1e30, 1e30, 1e30]], { outcomes: 3 }), { stepSize: 7 }))).toEqual([0.5, 0.25, 0.25]);
});
