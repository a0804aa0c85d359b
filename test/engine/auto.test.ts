/** Engines that choose the place themselves, on the adapter at hand. */
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { yieldToEventLoop } from '../../src/engine/event-loop.ts';
import { storeCosts, storedCosts } from '../../src/engine/cost-storage.ts';
import { assumed, type Costs } from '../../src/engine/cost.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { LimitExceededError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { findDevice } from '../../src/engine/webgpu/adapter.ts';
import { WebGpuBackend } from '../../src/engine/webgpu/backend.ts';
import { measureDevice } from '../../src/engine/webgpu/calibration.ts';
import { klDivergence, mirrorDescentStep, openEngine, renyiDivergence } from '../../src/index.ts';
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
      expect(result.report.predicted!.webgpu).toBeGreaterThan(0);
      expect(result.report.reason).toMatch(/^\S+ ms are predicted on the CPU and \S+ ms on WebGPU$/);
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

  test('gives the same bits from the same place, whatever is read, held and measured meanwhile', async () => {
    stubStorage(storageOf(new Map()));
    using engine = await openEngine();
    const device = { latency: 1, dispatch: 0.01, up: 1e6, down: 1e6, kernel: 1e7 };
    storeCosts(engine.info.adapter, { cpu: { fast: 4e6, reference: 4e5 }, device }); // nearly as much in both places
    const calls = [40, 100, 120, 130, 160].flatMap((rows) => [1, 2].map((steps) => (): { state: Tensor; result: Tensor } => {
      let state = rowsOf(engine, rows, 1);
      for (let step = 0; step < steps; step++) state = mirrorDescentStep(state, engine.values(new Float32Array(outcomes), { outcomes }), { stepSize: 0.1 });
      return { state, result: renyiDivergence(state, rowsOf(engine, rows, 2), { order: 0.5 }) };
    }));
    const kept = calls.map((call) => call());
    const first = new Map<number, { readonly bits: Float32Array; readonly backend: string }>();
    const step = fc.record({ call: fc.nat(calls.length - 1), isHeld: fc.boolean(), isNew: fc.boolean() });
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 20 }), async (steps) => {
      for (const { call, isHeld, isNew } of steps) {
        const { state, result } = isNew ? calls[call]!() : kept[call]!;
        if (isHeld) await state.buffer();
        const read = { bits: await result.read(), backend: result.report.backend };
        if (!first.has(call)) first.set(call, read);
        expect(read).toEqual(first.get(call));
      }
    }), { numRuns: 10 });
    expect([...new Set([...first.values()].map(({ backend }) => backend))].sort()).toEqual(['cpu', 'webgpu']);
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
