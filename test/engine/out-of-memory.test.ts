/** When the device has no memory left: the run is begun anew with less, and at last done by the CPU. */
import { expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { DeviceError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { klDivergence, mirrorDescentStep } from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { randomRows, randomValues } from './random-rows.ts';

const [rows, outcomes] = [256, 64];
const rowsOf = (engine: Engine, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });
const step = (engine: Engine): Tensor => mirrorDescentStep(rowsOf(engine, 1), engine.values(randomValues(1, outcomes, 2), { outcomes }), { stepSize: 0.1 });

/** A device that has no memory for buffers of so many bytes: what is asked for is one that it truly cannot make. */
async function shortOfMemory(): Promise<{ device: GPUDevice; limit: (bytes: number) => void; refusals: () => number }> {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const { maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize } });
  const impossible = navigator.userAgent.includes('Firefox') ? 2 * maxBufferSize : maxBufferSize; // 1 GiB, which SwiftShader allows and has not
  const create = device.createBuffer.bind(device);
  let [most, refusals] = [Infinity, 0];
  device.createBuffer = (descriptor) => {
    if (descriptor.size < most) return create(descriptor);
    refusals++;
    return create({ ...descriptor, size: impossible });
  };
  return { device, limit: (bytes) => { most = bytes; }, refusals: () => refusals };
}

test('smaller blocks are tried, with everything else off the device', async () => {
  const { device, limit, refusals } = await shortOfMemory();
  using engine = await openEngine({ device, memoryBudget: 2 ** 19 });
  using cpu = await openEngine({ backend: 'webgpu' });
  const [earlier, result] = [step(engine), klDivergence(rowsOf(engine, 1), rowsOf(engine, 2))];
  const kept = await earlier.read();
  limit(4 * rows * outcomes);
  expect(await result.read()).toEqual(await klDivergence(rowsOf(cpu, 1), rowsOf(cpu, 2)).read());
  expect(refusals()).toBeGreaterThan(0);
  expect(result.report).toMatchObject({ backend: 'webgpu' });
  expect(result.report.replays).toBeGreaterThan(0);
  expect((await engine.memory()).spilled).toBe(4 * rows * outcomes);
  expect(await earlier.read()).toEqual(kept);
  device.destroy();
});

test('the CPU does what the device cannot at all', async () => {
  const { device, limit } = await shortOfMemory();
  using engine = await openEngine({ device });
  using cpu = await openEngine({ backend: 'cpu' });
  const reasons: string[] = [];
  engine.on('fallback', ({ reason, operation }) => reasons.push(`${operation}: ${reason}`));
  limit(4 * outcomes);
  const result = step(engine);
  expect(await result.read()).toEqual(await step(cpu).read());
  expect(result.report.backend).toBe('cpu');
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toMatch(/^mirrorDescentStep: the GPU failed: /);
  const error = await expectFailure(() => step(engine).buffer(), DeviceError, 'device', { operation: 'mirrorDescentStep', expected: 'commands that WebGPU accepts' });
  expect(error).toMatchObject({ kind: 'out-of-memory' });
  limit(Infinity);
  const again = step(engine);
  await again.read();
  expect(again.report.backend).toBe('webgpu');
  device.destroy();
});
