/** Devices break at every point of a run, and nothing is lost: the same numbers, no buffer left behind, no error out of nowhere. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { yieldToEventLoop } from '../../src/engine/event-loop.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { apply } from '../../src/engine/operation.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergenceMatrix, klDivergence, mirrorDescent, nearest } from '../../src/index.ts';
import { FaultyDevices, type Fault } from './faulty-devices.ts';
import { heardErrors } from './heard-errors.ts';
import { randomRows } from './random-rows.ts';
import { copying } from './spoiled.ts';

/** Firefox polls for the end of a read every 100 ms. */
const slow = navigator.userAgent.includes('Firefox');
const losses = slow ? 50 : navigator.userAgent.includes('Chrome') ? 150 : 500;
/** One loss of so many hits a run whose kernels take long to compile, anew on each device. */
const dearEvery = 10;
const outcomes = 6;
const rowsOf = (engine: Engine, rows: number, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });

const runs: readonly ((engine: Engine) => Tensor)[] = [
  (engine) => klDivergence(rowsOf(engine, 40, 1), rowsOf(engine, 40, 2)),
  (engine) => alphaDivergenceMatrix(rowsOf(engine, 12, 1), rowsOf(engine, 14, 2), { alpha: 0.5 }),
  (engine) => nearest(rowsOf(engine, 12, 1), rowsOf(engine, 14, 2), { k: 2, divergence: klDivergence }),
  (engine) => mirrorDescent(rowsOf(engine, 5, 1), { kind: 'alphaDivergence', alpha: 1, targets: rowsOf(engine, 5, 2) }, { stepSize: 0.1, steps: 20 }),
];
/** Compiles quickly, which is what a read on a new device spends its time with. */
const cheap = (engine: Engine): Tensor => apply(copying('x'), [rowsOf(engine, 40, 1)], {});
/** Makes several chunks of most. */
const limits = { maxStorageBufferBindingSize: 512 };

const eventNames = ['devicelost', 'recovered', 'fallback'] as const;
let faulty: FaultyDevices;
const rejections: unknown[] = [];
const note = (event: Event): void => void rejections.push((event as PromiseRejectionEvent).reason);

beforeEach(() => {
  faulty = new FaultyDevices();
  faulty.install();
  rejections.length = 0;
  globalThis.addEventListener?.('unhandledrejection', note);
});
afterEach(() => {
  globalThis.removeEventListener?.('unhandledrejection', note);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function open(forced: Parameters<typeof openEngine>[1] = {}): Promise<{ engine: Engine; events: string[] }> {
  const engine = await openEngine({ backend: 'webgpu' }, { limits, ...forced });
  const events: string[] = [];
  for (const name of eventNames) engine.on(name, () => events.push(name));
  return { engine, events };
}

/** Reads a new tensor under a fault. */
async function readUnder(engine: Engine, run: (engine: Engine) => Tensor, fault: Fault | undefined): Promise<{ tensor: Tensor; data: Float32Array; calls: number }> {
  const tensor = run(engine);
  [faulty.calls, faulty.fault] = [0, fault];
  const data = await tensor.read();
  faulty.fault = undefined;
  return { tensor, data, calls: faulty.calls };
}

function disposeOf(tensor: Tensor): void {
  if (tensor.origin.kind === 'result') tensor.origin.inputs.forEach(disposeOf);
  tensor.dispose();
}

test(`${losses} losses at random points of runs: the same bits, nothing left behind`, { timeout: 600_000 }, async () => {
  const { engine, events } = await open();
  const clean: { data: Float32Array; calls: number }[] = [];
  const all = [cheap, ...runs];
  for (let round = 0; round < 3; round++) {
    for (const [k, run] of all.entries()) {
      const { tensor, data, calls } = await readUnder(engine, run, undefined);
      clean[k] = { data, calls }; // on a new device, with nothing compiled and no buffer pooled, there are more calls
      disposeOf(tensor);
    }
  }
  const at = fc.tuple(fc.integer({ min: 1, max: runs.length }), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.constantFrom('destroy before' as const, 'destroy after' as const));
  let [lost, dear] = [0, 0];
  await fc.assert(fc.asyncProperty(at, async ([any, point, how]) => {
    const run = lost++ % dearEvery === 0 ? any : 0;
    if (run > 0) dear++;
    const { data, calls } = clean[run]!;
    events.length = 0;
    const under = await readUnder(engine, all[run]!, { call: Math.floor(0.9 * point * calls), how });
    expect(under.data).toEqual(data);
    await faulty.devices.at(-1)!.queue.onSubmittedWorkDone(); // a device that was lost at the very last moment has said so
    expect(await under.tensor.read()).toEqual(data); // the tensor is still valid
    expect(events).toEqual(['devicelost', 'recovered']);
    disposeOf(under.tensor);
    expect(new Set(faulty.buffers.values()).size).toBeLessThanOrEqual(1); // those of lost devices are gone
  }), { numRuns: losses, seed: 5, endOnFailure: true });
  await engine[Symbol.asyncDispose]();
  expect(dear).toBe(losses / dearEvery);
  expect(faulty.devices.length).toBe(losses + 1);
  expect(faulty.buffers.size).toBe(0);
  expect(rejections).toEqual([]);
  expect(faulty.errors).toEqual([]);
});

describe('a device that fails', () => {
  const run = runs[0]!;
  const expected = async (): Promise<Float32Array> => {
    using cpu = await openEngine({ backend: 'reference' });
    return await run(cpu).read();
  };
  const close = (got: Float32Array, wanted: Float32Array): void => wanted.forEach((x, k) => expect(Math.abs(got[k]! - x)).toBeLessThanOrEqual(4 * 2 ** -23 * x));

  test.each(['mapAsync', 'createComputePipelineAsync'])('%s is refused once: the run is begun anew', async (name) => {
    const { engine, events } = await open();
    const { data, tensor } = await readUnder(engine, run, { call: 0, how: 'reject', name });
    close(data, await expected());
    expect(tensor.report).toMatchObject({ backend: 'webgpu', replays: 1 });
    expect(events).toEqual([]);
    await engine[Symbol.asyncDispose]();
    expect(faulty.buffers.size).toBe(0);
  });

  test.each(['mapAsync', 'createComputePipelineAsync'])('%s is refused for ever: the CPU does it', async (name) => {
    const { engine, events } = await open();
    const { data, tensor } = await readUnder(engine, run, { call: 'every', how: 'reject', name });
    expect(data).toEqual(await expected());
    expect(tensor.report).toMatchObject({ backend: 'cpu', reason: 'the GPU failed: injected' });
    expect(events).toEqual(['fallback']);
    close(await run(engine).read(), data); // the next one is tried on the device again
    await engine[Symbol.asyncDispose]();
    expect(faulty.buffers.size).toBe(0);
  });

  test.each(['mapAsync', 'createComputePipelineAsync', 'onSubmittedWorkDone'])('%s never answers: the device counts as lost', async (name) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true });
    const { engine, events } = await open();
    const reading = readUnder(engine, run, { call: 0, how: 'never answer', name });
    while (events.length === 0) {
      await yieldToEventLoop();
      if (faulty.calls > 0) vi.advanceTimersByTime(1000); // there is nothing more to come
    }
    const { data, tensor } = await reading;
    vi.useRealTimers();
    close(data, await expected());
    expect(tensor.report).toMatchObject({ backend: 'webgpu', replays: 1 });
    expect(events).toEqual(['devicelost', 'recovered']);
    await engine[Symbol.asyncDispose]();
    expect(faulty.buffers.size).toBe(0);
  });

  test('is lost in every run of a read: the CPU does it', async () => {
    const { engine, events } = await open();
    const { data, tensor } = await readUnder(engine, run, { call: 'every', how: 'destroy after', name: 'submit' });
    expect(data).toEqual(await expected());
    expect(tensor.report).toMatchObject({ backend: 'cpu', reason: expect.stringMatching(/^the GPU device was lost \(.+\), 4 times in this run$/) as string });
    expect(events).toEqual([...Array.from({ length: 3 }, () => ['devicelost', 'recovered']).flat(), 'devicelost', 'fallback']);
    await engine[Symbol.asyncDispose]();
  });

  test('is lost, and there is no other: the CPU does all that comes, after a few attempts', async () => {
    const { engine, events } = await open();
    faulty.supply = 0;
    const { data, tensor } = await readUnder(engine, run, { call: 20, how: 'destroy before' });
    expect(data).toEqual(await expected());
    const reason = expect.stringMatching(/^the GPU device was lost \(.+\), and WebGPU found no adapter$/) as string;
    expect(tensor.report).toMatchObject({ backend: 'cpu', reason });
    expect(faulty.asked).toBe(1 + 4);
    expect(await run(engine).read()).toEqual(data);
    expect(faulty.asked).toBe(5); // it is not asked again at every read
    expect(events).toEqual(['devicelost', 'fallback']);
    await engine[Symbol.asyncDispose]();
    expect(faulty.buffers.size).toBe(0);
  });

  test('takes all reads in flight with it, and all are done again', async () => {
    const { engine, events } = await open();
    const tensors = Array.from({ length: slow ? 12 : 40 }, (_, k) => runs[k % runs.length]!(engine));
    [faulty.calls, faulty.fault] = [0, { call: 120, how: 'destroy after' }];
    const data = await Promise.all(tensors.map((tensor) => tensor.read()));
    for (const [k, tensor] of tensors.entries()) expect(await tensor.read()).toEqual(data[k]);
    data.forEach((each, k) => expect(each).toEqual(data[k % runs.length]));
    expect(events).toEqual(['devicelost', 'recovered']);
    await engine[Symbol.asyncDispose]();
    expect(faulty.buffers.size).toBe(0);
  });

  test('is told to listeners, whose own errors disturb nothing and are heard of', async () => {
    const told = heardErrors();
    const { engine, events } = await open();
    engine.on('devicelost', () => { throw new Error('at once'); });
    const later: () => unknown = async () => Promise.reject(new Error('later'));
    engine.on('devicelost', later);
    engine.on('devicelost', () => events.push('the last'));
    const { data } = await readUnder(engine, run, { call: 20, how: 'destroy before' });
    close(data, await expected());
    expect(events).toEqual(['devicelost', 'the last', 'recovered']);
    expect(told()).toEqual([expect.stringContaining('at once'), expect.stringContaining('later')]);
    await engine[Symbol.asyncDispose]();
  });

  test('is aborted while another device is sought', async () => {
    const { engine } = await open();
    faulty.supply = 0;
    const tensor = run(engine);
    const control = new AbortController();
    engine.on('devicelost', () => control.abort());
    [faulty.calls, faulty.fault] = [0, { call: 20, how: 'destroy before' }];
    await expect(tensor.read({ signal: control.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await engine[Symbol.asyncDispose]();
    expect(faulty.buffers.size).toBe(0);
  });
});

describe('a device of the caller’s that is lost', () => {
  const newDevice = async (): Promise<GPUDevice> => (await navigator.gpu.requestAdapter())!.requestDevice();
  const run = runs[0]!;

  test('is replaced by onDeviceLost', async () => {
    const first = await newDevice();
    const reasons: string[] = [];
    const engine = await openEngine({ device: first, onDeviceLost: ({ reason }) => {
      reasons.push(reason);
      return newDevice();
    } });
    const before = await run(engine).read();
    first.destroy();
    await first.lost;
    const again = run(engine);
    expect(await again.read()).toEqual(before);
    expect(again.report).toMatchObject({ backend: 'webgpu' });
    expect(reasons).toEqual([expect.stringMatching(/^the GPU device was lost/)]);
    const second = faulty.devices.at(-1)!;
    await engine[Symbol.asyncDispose]();
    expect(await Promise.race([second.lost, Promise.resolve('alive')])).toBe('alive'); // it is the caller's
    expect(faulty.buffers.size).toBe(0);
    second.destroy();
  });

  test.each<[string, () => unknown, string]>([
    ['gives none', () => undefined, 'onDeviceLost gave no other'],
    ['gives none later', () => Promise.resolve(undefined), 'onDeviceLost gave no other'],
    ['gives something else', () => ({ device: 1 }), 'onDeviceLost gave a value of type Object, which is no GPUDevice'],
    ['gives null', () => null, 'onDeviceLost gave null, which is no GPUDevice'],
    ['throws', () => { throw new Error('of the caller'); }, 'onDeviceLost failed: of the caller'],
    ['fails later', () => Promise.reject(new Error('of the caller')), 'onDeviceLost failed: of the caller'],
    ['never answers', () => new Promise(() => undefined), 'onDeviceLost gave no other in 10 s'],
  ])('and onDeviceLost %s: the CPU goes on, and says why', async (_, onDeviceLost, reason) => {
    const told = heardErrors();
    const device = await newDevice();
    const engine = await openEngine({ device, onDeviceLost: onDeviceLost as () => undefined });
    const events: string[] = [];
    engine.on('fallback', (event) => events.push(event.reason));
    device.destroy();
    await device.lost;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const tensor = run(engine);
    const reading = tensor.read();
    await yieldToEventLoop();
    vi.advanceTimersByTime(10_000);
    await reading;
    vi.useRealTimers();
    expect(tensor.report).toMatchObject({ backend: 'cpu', reason: expect.stringContaining(reason) as string });
    expect(events).toEqual([expect.stringContaining(reason)]);
    expect(told()).toEqual(reason.includes('failed') ? [expect.stringContaining('of the caller')] : []);
    await engine[Symbol.asyncDispose]();
  });
});
