/** What the fast path of the CPU does with computations of several steps, and where it ends. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { alphaDivergence, divergenceMatrix, jensenShannonDivergence, klDivergence, mirrorDescentStep, openEngine } from '../../src/index.ts';
import { uniformFrom } from '../math/relative-error.ts';

let cpu: Engine;
let reference: Engine;
beforeAll(async () => {
  [cpu, reference] = [await openEngine({ backend: 'cpu' }), await openEngine({ backend: 'reference' })];
});
afterAll(() => {
  cpu.dispose();
  reference.dispose();
});

function weights(rows: number, outcomes: number, seed: number): number[][] {
  const uniform = uniformFrom(seed);
  return Array.from({ length: rows }, () => Array.from({ length: outcomes }, () => 0.1 + uniform()));
}

test('rows that a step reads one by one and whole', async () => {
  const rows = weights(6, 6, 3);
  const [ofCpu, ofReference] = await Promise.all([cpu, reference].map((engine) => {
    const p = engine.rows(rows, { outcomes: 6, form: 'weights' });
    const moved = mirrorDescentStep(p, divergenceMatrix(p, p, { divergence: klDivergence }), { stepSize: 0.3 });
    return mirrorDescentStep(p, divergenceMatrix(p, moved, { divergence: klDivergence }), { stepSize: 0.3 }).read();
  }));
  ofReference!.forEach((x, index) => expect(Math.abs(ofCpu![index]! - x)).toBeLessThanOrEqual(2 ** -20));
});

test('the report tells what ran', async () => {
  const p = cpu.rows(weights(3, 5, 1), { outcomes: 5, form: 'weights' });
  const [fast, slow] = [klDivergence(p, p), alphaDivergence(p, p, { alpha: [0.5, 1, 2] })];
  await Promise.all([fast.read(), slow.read()]);
  expect(fast.report).toMatchObject({ backend: 'cpu', adapter: 'WebAssembly SIMD' });
  expect(slow.report).toMatchObject({ backend: 'cpu', adapter: 'CPU' });
  const exact = klDivergence(...[0, 1].map(() => reference.rows([[0.5, 0.5]], { outcomes: 2 })) as [never, never]);
  await exact.read();
  expect(exact.report).toMatchObject({ backend: 'reference', adapter: 'CPU', reason: 'the caller asked for the reference' });
});

test('a weight that f32 does not hold makes no infinite divergence', async () => {
  const [p, q] = [[1, 0], [0, 1]].map((row) => cpu.rows([row], { outcomes: 2 }));
  expect(await jensenShannonDivergence(p!, q!, { weight: 1e-60 }).read()).toEqual(new Float32Array([0]));
});

test('what does not fit into the memory of WebAssembly goes to the reference', async () => {
  const rows = weights(40, 3000, 9);
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows(rows, { outcomes: 3000, form: 'weights' });
  const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => { throw new RangeError('no memory'); });
  try {
    const d = klDivergence(p, p);
    expect(await d.read()).toEqual(new Float32Array(40));
    expect(d.report).toMatchObject({ backend: 'cpu', adapter: 'CPU' });
  } finally {
    grow.mockRestore();
  }
  const again = klDivergence(p, p);
  expect(await again.read()).toEqual(new Float32Array(40));
  expect(again.report?.adapter).toMatch(/^WebAssembly SIMD/); // with threads, where the machine is busy
});
