/** A short soak: what the engine holds comes back to where it was. */
import { expect, test } from 'vitest';
import { soak, soakBudget, spread } from '../../bench/soak.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { meter } from '../engine/meter.ts';

const [reads, depth] = navigator.userAgent.includes('Firefox') ? [28, 10] : [105, 20];

test('thousands of operations leave nothing behind', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const counted = meter(device);
  const engine = await openEngine({ device, memoryBudget: soakBudget });
  const held: number[] = [];
  await soak(engine, reads, depth, ({ used, pooled, buffers }, read) => {
    expect({ bytes: used + pooled, buffers }).toEqual(counted.live());
    if (read >= reads / 3) held.push(used + pooled);
  });
  expect(counted.most()).toBeLessThanOrEqual(soakBudget);
  expect(spread(held)).toBeLessThan(0.2); // of few samples; npm run bench -- --soak holds it to 5 %
  await engine[Symbol.asyncDispose]();
  await Promise.resolve();
  expect(counted.live()).toEqual({ bytes: 0, buffers: 0 });
  device.destroy();
}, 120_000);

test('spread', () => {
  expect(spread([3, 3, 3])).toBe(0);
  expect(spread([90, 110, 100])).toBeCloseTo(0.1);
});
