/** When the GPU cannot be had, cannot do it, or is lost: the CPU does it, and the report says why. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { BackendUnavailableError, DeviceLostError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, alphaDivergenceMatrix, klDivergence, mirrorDescent, mirrorDescentStep } from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { randomRows } from './random-rows.ts';

const [rows, outcomes] = [6, 9];
let cpu: Engine;
beforeAll(async () => { cpu = await openEngine({ backend: 'cpu' }); });
const rowsOf = (engine: Engine, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });
const divergence = (engine: Engine): Tensor => klDivergence(rowsOf(engine, 1), rowsOf(engine, 2));

describe('without a device', () => {
  afterEach(() => { vi.restoreAllMocks(); });
  const failing: [string, () => Promise<GPUAdapter | null>, string][] = [
    ['no adapter', () => Promise.resolve(null), 'WebGPU found no adapter'],
    ['an adapter that refuses', () => Promise.resolve({ limits: {}, features: new Set(), requestDevice: () => Promise.reject(new Error('consumed')) } as unknown as GPUAdapter), 'WebGPU gave no device: consumed'],
    ['a browser that refuses', () => Promise.reject(new TypeError('blocked')), 'WebGPU gave no device: blocked'],
  ];
  test.each(failing)('%s', async (_, requestAdapter, reason) => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockImplementation(requestAdapter);
    const facts = { operation: 'openEngine', argument: 'backend', expected: 'a WebGPU adapter', got: reason };
    await expectFailure(() => openEngine({ backend: 'webgpu' }), BackendUnavailableError, 'backend-unavailable', facts);
    for (const options of [{}, { backend: 'auto' } as const]) {
      using engine = await openEngine(options);
      expect(engine.info).toEqual({ backend: 'cpu', adapter: 'CPU', reason, limits: {} });
      const result = divergence(engine);
      expect(await result.read()).toEqual(await divergence(cpu).read());
      expect(result.report).toMatchObject({ backend: 'cpu', adapter: 'CPU', reason });
    }
  });
});

test('where nothing chooses a place WebGPU does little work too, and the CPU what is too large', async () => {
  using engine = await openEngine();
  const little = divergence(engine);
  await little.read();
  expect(little.report).toMatchObject({ backend: 'webgpu', reason: 'WebGPU has an adapter' });
  using narrow = await openEngine({}, { limits: { maxStorageBufferBindingSize: 16 } });
  const reasons: string[] = [];
  narrow.on('fallback', ({ reason }) => reasons.push(reason));
  const large = divergence(narrow);
  expect(await large.read()).toEqual(await divergence(cpu).read());
  expect(large.report).toMatchObject({ backend: 'cpu', reason: expect.stringMatching(/^too large for the GPU: .* 16 bytes/) as string });
  expect(reasons).toEqual([large.report.reason]);
});

test('what the kernels cannot do runs on the CPU', async () => {
  using engine = await openEngine({ backend: 'webgpu' });
  const operations: [(each: Engine) => Tensor, string][] = [
    [(each) => alphaDivergence(rowsOf(each, 1), rowsOf(each, 2), { alpha: 40 }), 'the GPU kernel keeps its accuracy for |α| ≤ 15, and α is 40'],
    [(each) => alphaDivergenceMatrix(rowsOf(each, 1), rowsOf(each, 2), { alpha: -40 }), 'the GPU kernel keeps its accuracy for |α| ≤ 15, and α is -40'],
    [(each) => mirrorDescent(rowsOf(each, 1), { kind: 'alphaDivergence', alpha: 5, targets: rowsOf(each, 2) }, { stepSize: 1e-3, steps: 3 }), 'the slopes of D_α keep their accuracy in f32 for |α| ≤ 3, and α is 5'],
  ];
  for (const [make, reason] of operations) {
    const result = make(engine);
    expect(await result.read()).toEqual(await make(cpu).read());
    expect(result.report).toMatchObject({ backend: 'cpu', adapter: 'CPU', reason, chunks: 1, dispatches: 0, bytesUp: 0, bytesDown: 0 });
  }
});

describe('a device that is lost', () => {
  const slope = (engine: Engine): Tensor => engine.values(randomRows(1, outcomes, 4), { outcomes });
  const step = (engine: Engine): Tensor => mirrorDescentStep(rowsOf(engine, 3), slope(engine), { stepSize: 0.3 });

  async function openOn(): Promise<{ engine: Engine; device: GPUDevice }> {
    const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
    return { device, engine: await openEngine({ device }) };
  }

  test('between reads', async () => {
    const { engine, device } = await openOn();
    const before = divergence(engine);
    await before.read();
    device.destroy();
    await device.lost;
    for (const [result, same] of [[before, divergence(cpu)], [step(engine), step(cpu)], [klDivergence(step(engine), rowsOf(engine, 1)), klDivergence(step(cpu), rowsOf(cpu, 1))]] as const) {
      expect(await result.read()).toEqual(await same.read());
      expect(result.report).toMatchObject({ backend: 'cpu', adapter: 'CPU', reason: expect.stringMatching(/^the GPU device was lost \(.+\), and it is the caller’s to replace$/) as string });
    }
    engine.dispose();
  });

  test.each([0, 1, 4])('during a run, after %d turns of the event loop', async (turns) => {
    const { engine, device } = await openOn();
    const descent = (each: Engine): Tensor => mirrorDescent(rowsOf(each, 1), { kind: 'alphaDivergence', alpha: -1, targets: rowsOf(each, 2) }, { stepSize: 0.1, steps: 100 });
    const [run, next] = [descent(engine), divergence(engine)];
    const reads = Promise.all([run.read(), next.read()]);
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve));
    device.destroy();
    const [w, d] = await reads;
    const [expectedW, expectedD] = await Promise.all([descent(cpu).read(), divergence(cpu).read()]);
    w.forEach((x, k) => expect(Math.abs(x - expectedW[k]!)).toBeLessThan(1e-6));
    d.forEach((x, k) => expect(Math.abs(x - expectedD[k]!)).toBeLessThanOrEqual(4 * 2 ** -23 * expectedD[k]!));
    expect(next.report).toMatchObject({ backend: 'cpu', reason: expect.stringMatching(/lost/) as string });
    engine.dispose();
  });

  test('takes with it what only it held', async () => {
    const { engine, device } = await openOn();
    const buffer = device.createBuffer({ size: 4 * rows * outcomes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, randomRows(rows, outcomes, 1));
    const p = engine.rows(buffer, { outcomes, form: 'weights' });
    const result = klDivergence(p, rowsOf(engine, 2));
    expect(await result.read()).not.toContain(Number.NaN);
    device.destroy();
    await device.lost;
    await expectFailure(() => klDivergence(rowsOf(engine, 2), p).read(), DeviceLostError, 'device-lost', { operation: 'klDivergence', argument: 'q', got: `a GPUBuffer of shape [${rows}, ${outcomes}] that was lost with its device` });
    await expectFailure(() => result.buffer(), DeviceLostError, 'device-lost', { operation: 'tensor.buffer' });
    await expectFailure(() => divergence(engine).buffer(), DeviceLostError, 'device-lost', { operation: 'tensor.buffer' });
    engine.dispose();
  });
});
