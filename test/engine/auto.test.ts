/** Engines that choose the place themselves, on the adapter at hand. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { yieldToEventLoop } from '../../src/engine/event-loop.ts';
import { storeCosts, storedCosts } from '../../src/engine/cost-storage.ts';
import { assumed, type Costs } from '../../src/engine/cost.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { LimitExceededError } from '../../src/engine/errors.ts';
import { defineUniforms } from '../../src/engine/uniform-layout.ts';
import { apply, type Operation } from '../../src/engine/operation.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { findDevice } from '../../src/engine/webgpu/adapter.ts';
import { WebGpuBackend } from '../../src/engine/webgpu/backend.ts';
import { measureDevice } from '../../src/engine/webgpu/calibration.ts';
import { klDivergence, openEngine, renyiDivergence } from '../../src/index.ts';
import { expectFailure, thrownBy } from '../failure.ts';
import { randomRows } from './random-rows.ts';

const outcomes = 64;
const rowsOf = (engine: Engine, rows: number, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });
/** What the CPU has only by its reference, and too much of it to be obvious. */
const dear = (engine: Engine): Tensor => renyiDivergence(rowsOf(engine, 512, 1), rowsOf(engine, 512, 2), { order: 0.5 });

/** A storage for the page, as it is where there is none. */
function stubStorage(storage: Partial<Storage>): void {
  if (typeof document === 'undefined') vi.stubGlobal('document', {});
  vi.stubGlobal('localStorage', storage);
}

function storageOf(entries: Map<string, string>): Partial<Storage> {
  return { getItem: (key) => entries.get(key) ?? null, setItem: (key, value) => void entries.set(key, value) };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('an engine that is left to itself', () => {
  test('does little work on the CPU, asks no device, and says why', async () => {
    const reads = vi.spyOn(WebGpuBackend.prototype, 'read');
    using engine = await openEngine();
    expect(engine.info).toMatchObject({ backend: 'webgpu', reason: 'WebGPU has an adapter, which is used where it is predicted to be faster' });
    const divergence = klDivergence(engine.rows([[0.5, 0.5]], { outcomes: 2 }), engine.rows([[0.25, 0.75]], { outcomes: 2 }));
    expect((await divergence.read())[0]).toBeCloseTo(0.1438, 4);
    expect(divergence.report).toMatchObject({ backend: 'cpu', predicted: { cpu: expect.any(Number) as number }, reason: 'the CPU is predicted to be done before a GPU could answer' });
    expect(reads).not.toHaveBeenCalled();
  });

  test('measures the adapter for more, and is right wherever it computes', async () => {
    stubStorage(storageOf(new Map()));
    const reads = vi.spyOn(WebGpuBackend.prototype, 'read');
    using engine = await openEngine();
    using reference = await openEngine({ backend: 'reference' });
    const expected = await dear(reference).read();
    for (let round = 0; round < 4; round++) {
      const result = dear(engine);
      (await result.read()).forEach((x, row) => expect(Math.abs(x / expected[row]! - 1)).toBeLessThan(1e-5));
      expect(result.report.predicted!.cpu).toBeGreaterThan(0);
      if (round > 0) continue; // it may have become obvious
      expect(result.report.predicted!.webgpu).toBeGreaterThan(0);
      expect(result.report.reason).toMatch(/^\S+ ms are predicted on the CPU and \S+ ms on WebGPU/);
      expect(result.report.milliseconds.total).toBeGreaterThan(0);
    }
    expect(reads.mock.calls.some(([tensor]) => tensor.origin.kind === 'source')).toBe(true); // software is measured too
  });

  test('measures nothing when it may not', async () => {
    const entries = new Map<string, string>();
    stubStorage(storageOf(entries));
    const reads = vi.spyOn(WebGpuBackend.prototype, 'read');
    using engine = await openEngine({ calibrate: false });
    const result = dear(engine);
    await result.read();
    expect(reads.mock.calls.every(([tensor]) => tensor === result || tensor.host !== engine)).toBe(true); // of others that end
    expect(entries.size).toBe(0);
    expect(Object.keys(result.report.predicted!).sort()).toEqual(['cpu', 'webgpu']);
  });

  test('takes what was measured before', async () => {
    const entries = new Map<string, string>();
    stubStorage(storageOf(entries));
    using engine = await openEngine();
    storeCosts(engine.info.adapter, { cpu: { fast: 1e6, reference: 1 }, device: { latency: 0.1, dispatch: 0.01, up: 1e6, down: 1e6, kernel: 1e6 } });
    const reads = vi.spyOn(WebGpuBackend.prototype, 'read');
    const result = dear(engine);
    await result.read();
    expect(reads.mock.calls.map(([tensor]) => tensor).filter(({ host }) => host === engine)).toEqual([result]); // on the device, for such a CPU is none
    expect(result.report).toMatchObject({ backend: 'webgpu', reason: expect.stringMatching(/predicted/) as string });
  });

  test('has the CPU do what is too large for the device, and says so', async () => {
    stubStorage(storageOf(new Map()));
    using engine = await openEngine({}, { limits: { maxStorageBufferBindingSize: 128 } });
    storeCosts(engine.info.adapter, { cpu: { fast: 1e6, reference: 1 }, device: { latency: 0.1, dispatch: 0.01, up: 1e6, down: 1e6, kernel: 1e6 } });
    const reasons: string[] = [];
    engine.on('fallback', ({ reason }) => reasons.push(reason));
    using reference = await openEngine({ backend: 'reference' });
    const result = dear(engine);
    expect(await result.read()).toEqual(await dear(reference).read());
    expect(result.report).toMatchObject({ backend: 'cpu', reason: expect.stringMatching(/^too large for the GPU: .* 128 bytes/) as string });
    expect(reasons).toEqual([result.report.reason]);
    using forced = await openEngine({ backend: 'webgpu' }, { limits: { maxStorageBufferBindingSize: 128 } });
    await expectFailure(() => dear(forced).read(), LimitExceededError, 'limit-exceeded', { operation: 'renyiDivergence' });
  });

  test('finds the device by itself where the CPU turns out to be slow', async () => {
    stubStorage(storageOf(new Map()));
    const sluggish: Operation<object> = {
      name: 'sluggish', formula: 'p', source: 'this test', arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
      result: ([p]) => ({ shape: p!.shape, form: 'values' }),
      tolerance: { ulps: () => 0, relativeTo: 'entry', reason: 'a copy is exact' },
      reference: ([p]) => (row, out) => {
        for (const end = performance.now() + 25; performance.now() < end;);
        out.set(p!.row(row));
      },
      kernel: {
        over: 'elements', items: ({ rows: count, width }) => count * width, uniforms: defineUniforms({ rows: 'u32', width: 'u32' }),
        pieces: () => [{ name: 'sluggish.wgsl', source: `
          struct Uniforms { rows: u32, width: u32, }
          @group(0) @binding(0) var<storage, read> p: array<f32>;
          @group(0) @binding(1) var<storage, read_write> result: array<f32>;
          @group(0) @binding(2) var<uniform> uniforms: Uniforms;
          @compute @workgroup_size(WORKGROUP)
          fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
            let item = item_of(workgroup, groups, local);
            if (item < uniforms.rows * uniforms.width) { result[item] = p[item]; }
          }` }],
      },
    };
    using engine = await openEngine();
    storeCosts(engine.info.adapter, { cpu: { fast: 1e6, reference: 1e6 }, device: { latency: 0.1, dispatch: 0.01, up: 1e6, down: 1e6, kernel: 1e6 } });
    const places: string[] = [];
    for (let run = 0; run < 8 && !places.includes('webgpu'); run++) {
      const result = apply(sluggish, [rowsOf(engine, 20, 1)], {});
      expect(await result.read()).toEqual(randomRows(20, outcomes, 1));
      places.push(result.report.backend);
    }
    expect([...new Set(places)]).toEqual(['cpu', 'webgpu']); // the first is as obvious as it is wrong
  });

  test('an abort while it measures ends that read alone', async () => {
    stubStorage({});
    using engine = await openEngine();
    const control = new AbortController();
    const aborted = thrownBy(() => dear(engine).read({ signal: control.signal }));
    const other = dear(engine).read();
    await yieldToEventLoop();
    control.abort();
    expect(await aborted).toMatchObject({ name: 'AbortError' });
    expect((await other).length).toBe(512);
  });
});

test('engines that are told are not asked', async () => {
  const found = await findDevice();
  if (!('device' in found)) throw new Error(found.reason);
  for (const [options, backend] of [[{ backend: 'webgpu' }, 'webgpu'], [{ backend: 'cpu' }, 'cpu'], [{ backend: 'reference' }, 'reference'], [{ device: found.device }, 'webgpu']] as const) {
    using engine = await openEngine(options);
    const divergence = klDivergence(engine.rows([[0.5, 0.5]], { outcomes: 2 }), engine.rows([[0.25, 0.75]], { outcomes: 2 }));
    await divergence.read();
    expect(divergence.report.backend).toBe(backend);
    expect(divergence.report).not.toHaveProperty('predicted');
  }
  found.device.destroy();
});

describe('measureDevice', () => {
  async function open(): Promise<{ backend: WebGpuBackend; host: Engine }> {
    const found = await findDevice();
    if (!('device' in found)) throw new Error(found.reason);
    return { backend: new WebGpuBackend(found.device, { borrowed: false, softwareAdapter: found.fallback, forced: {} }), host: await openEngine({ backend: 'cpu' }) };
  }

  test('finds costs that make sense, and gives back what it took', async () => {
    const { backend, host } = await open();
    const costs = await new Promise<Costs['device']>((resolve) => {
      const measured = measureDevice(backend, host, 5000, () => void measured.then((each) => resolve(each.costs)));
    });
    for (const cost of Object.values(costs)) expect(cost > 0 && cost < 1e9).toBe(true);
    expect(costs.latency).not.toBe(assumed.device.latency);
    expect(costs.kernel).not.toBe(assumed.device.kernel);
    await expect.poll(() => backend.memory.use.used).toBe(0);
    backend.destroy();
    host.dispose();
  });

  test('a device that fails or does not answer leaves what is assumed, and holds nobody up', async () => {
    using host = await openEngine({ backend: 'cpu' });
    const never = vi.fn();
    const release = (): Promise<void> => Promise.resolve();
    const failing = { release, read: () => Promise.reject(new Error('lost')) } as unknown as WebGpuBackend;
    expect((await measureDevice(failing, host, 1000, never)).costs).toEqual(assumed.device);
    const silent = { release, read: () => new Promise(() => undefined) } as unknown as WebGpuBackend;
    expect((await measureDevice(silent, host, 20, never)).costs).toEqual({ ...assumed.device, latency: 20 });
    expect(never).not.toHaveBeenCalled();
  });
});

describe('what was measured', () => {
  test('is kept by adapter where the page may keep anything', () => {
    const costs: Costs = { ...assumed, cpu: { fast: 5, reference: 7 } };
    stubStorage(storageOf(new Map()));
    storeCosts('one', costs);
    expect([storedCosts('one'), storedCosts('other')]).toEqual([costs, undefined]);
  });

  test.each(['', 'null', '5', '{', '{}', '{"device":null,"cpu":{}}', JSON.stringify({ ...assumed, cpu: { fast: 0, reference: 1 } }), JSON.stringify({ ...assumed, device: { latency: '1' } })])('is not believed if it reads %s', (text) => {
    stubStorage({ getItem: () => text });
    expect(storedCosts('one')).toBeUndefined();
  });

  test('is forgotten where storage is forbidden, full or missing', () => {
    const forbidden = (): never => { throw new DOMException('denied', 'SecurityError'); };
    stubStorage({ getItem: forbidden, setItem: forbidden });
    expect(() => storeCosts('one', assumed)).not.toThrow();
    expect(storedCosts('one')).toBeUndefined();
    vi.stubGlobal('localStorage', undefined);
    expect(() => storeCosts('one', assumed)).not.toThrow();
    expect(storedCosts('one')).toBeUndefined();
  });
});
