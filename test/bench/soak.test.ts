/** A short soak: what the engine holds comes back to where it was. */
import { expect, test } from 'vitest';
import { soak, soakBudget, spread } from '../../bench/soak.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { hellingerDistance, mirrorDescentStep } from '../../src/index.ts';
import { meter } from '../engine/meter.ts';
import { randomRows } from '../engine/random-rows.ts';

const [reads, depth] = navigator.userAgent.includes('Firefox') ? [28, 10] : [105, 20];

test('thousands of operations stay within the budget, and leave nothing behind', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const counted = meter(device);
  const engine = await openEngine({ device, memoryBudget: soakBudget });
  const { buffers: before } = counters;
  let samples = 0;
  await soak(engine, reads, depth, ({ used, pooled, buffers }) => {
    samples++;
    expect({ bytes: used + pooled, buffers }).toEqual(counted.live());
    expect(counters.buffers - before - counted.destroyed()).toBe(buffers);
  });
  expect(samples).toBe(reads);
  expect(counted.most()).toBeLessThanOrEqual(soakBudget);
  expect(counted.most()).toBeGreaterThan(soakBudget / 2);
  await engine[Symbol.asyncDispose]();
  await Promise.resolve();
  expect(counted.live()).toEqual({ bytes: 0, buffers: 0 });
  device.destroy();
});

test('what is used comes back to where it was when everything is disposed of', async () => {
  using engine = await openEngine({ backend: 'webgpu', memoryBudget: soakBudget });
  const one = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  const round = async (): Promise<{ readonly used: number; readonly spilled: number }> => {
    const tensors: Tensor[] = [];
    for (const [rows, outcomes] of [[200, 64], [30, 16], [600, 64], [1, 300]] as const) {
      const p = engine.rows(randomRows(rows, outcomes, rows), { outcomes, form: 'weights' });
      const slope = engine.values(new Float32Array(outcomes).fill(1), { outcomes });
      const step = mirrorDescentStep(p, slope, { stepSize: 0.1 });
      const next = mirrorDescentStep(step, slope, { stepSize: 0.2 });
      tensors.push(p, slope, step, next, hellingerDistance(next, p));
      for (const tensor of tensors.slice(-3)) await tensor.read();
    }
    for (const tensor of tensors) tensor.dispose();
    using last = hellingerDistance(one, one);
    await last.read(); // after all was let go
    const { used, spilled } = await engine.memory();
    return { used, spilled };
  };
  await round();
  const baseline = await round();
  expect(baseline.spilled).toBe(0);
  for (let again = 0; again < 3; again++) expect(await round()).toEqual(baseline);
});

test('spread', () => {
  expect(spread([3, 3, 3])).toBe(0);
  expect(spread([90, 110, 100])).toBeCloseTo(0.1);
});
