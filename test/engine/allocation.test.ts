import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { DeviceError } from '../../src/engine/errors.ts';
import { klDivergence } from '../../src/index.ts';
import { randomRows } from './random-rows.ts';

test('a buffer that could not be made fails its read, and is never used again', async () => {
  const [rows, outcomes] = [64, 32];
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const create = device.createBuffer.bind(device);
  let failing = true;
  // More than any device allows, at the first storage buffers: a real error of the real device.
  device.createBuffer = (descriptor) => create(failing && descriptor.size >= 4 * rows * outcomes ? { ...descriptor, size: 2 * device.limits.maxBufferSize } : descriptor);
  const engine = await openEngine({ device });
  const [p, q] = [1, 2].map((seed) => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' }));
  await expect(klDivergence(p!, q!).read()).rejects.toBeInstanceOf(DeviceError);
  failing = false;
  const reference = await openEngine({ backend: 'cpu' });
  const [cpuP, cpuQ] = [1, 2].map((seed) => reference.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' }));
  const [got, expected] = [await klDivergence(p!, q!).read(), await klDivergence(cpuP!, cpuQ!).read()];
  got.forEach((value, row) => expect(Math.abs(value / expected[row]! - 1)).toBeLessThan(1e-6));
  engine.dispose();
  device.destroy();
});

test('memory for results goes back when their commands cannot be submitted', async () => {
  const [rows, outcomes] = [64, 32];
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const engine = await openEngine({ device }, { limits: { maxStorageBufferBindingSize: 4096 } });
  const submit = device.queue.submit.bind(device.queue);
  let [submissions, failing] = [0, Infinity];
  device.queue.submit = (commands) => {
    const isPoll = [...commands].length === 0;
    if (!isPoll && submissions++ === failing) throw new Error('injected');
    return submit(commands);
  };
  const read = async (): Promise<void> => {
    const [p, q] = [1, 2].map((seed) => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' }));
    const divergence = klDivergence(p!, q!);
    try {
      await divergence.read();
    } finally {
      for (const tensor of [divergence, p!, q!]) tensor.dispose();
    }
  };
  await read();
  const clean = submissions;
  expect(clean).toBeGreaterThan(2);
  for (failing = 0; failing < clean; failing++) {
    submissions = 0;
    await expect(read()).rejects.toThrow('injected');
    expect((await engine.memory()).used).toBe(0);
  }
  engine.dispose();
  device.destroy();
});
