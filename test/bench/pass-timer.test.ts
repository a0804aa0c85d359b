import { afterAll, beforeAll, expect, it } from 'vitest';
import { fmaChains, kernelTime } from '../../bench/ceilings.ts';
import { PassTimer } from '../../bench/pass-timer.ts';
import { findDevice } from '../../src/engine/webgpu/adapter.ts';
import { openEngine, type Engine } from '../../src/index.ts';

let device: GPUDevice;
let engine: Engine;
let timer: PassTimer | undefined;
beforeAll(async () => {
  const found = await findDevice(['timestamp-query']);
  if (!('device' in found)) throw new Error(found.reason);
  device = found.device;
  timer = PassTimer.on(device);
  engine = await openEngine({ device });
});
afterAll(() => {
  engine.dispose();
  device.destroy();
});

it('is there exactly where the device has timestamp queries', () => {
  expect(timer !== undefined).toBe(device.features.has('timestamp-query'));
});

it('times the passes of a kernel, no longer than they take from call to idle', async () => {
  const { ends } = fmaChains(engine, { invocations: 4096, steps: 64 });
  await kernelTime(ends, timer);
  const start = performance.now();
  const milliseconds = await kernelTime(ends, timer);
  expect(milliseconds).toBeGreaterThan(0);
  expect(milliseconds).toBeLessThanOrEqual(performance.now() - start + 1);
});

it('counts the passes since the last reset alone', async () => {
  timer?.reset();
  expect(await timer?.milliseconds()).toBeUndefined();
});
