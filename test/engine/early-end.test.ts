/** Callers who do not wait for the end: they dispose at once of what a read needs, or give up while the device is busy. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { ofExample } from '../../host/examples.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergenceMatrix, klDivergence, mirrorDescent, renyiDivergence } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { openEngine as openRemote } from '../../src/remote/open.ts';
import { inputsOf, operations, parametersOf, type BatchShape } from '../cases.ts';
import { thrownBy } from '../failure.ts';
import { engineWorker } from '../remote/engine-worker.ts';
import { FaultyDevices, type Fault } from './faulty-devices.ts';
import { placeFor } from './place.ts';
import { randomRows } from './random-rows.ts';

const outcomes = 6;
const rowsOf = (engine: Engine, rows: number, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });

const open: Readonly<Record<string, () => Promise<Engine>>> = {
  webgpu: async () => openEngine(await placeFor('webgpu')),
  cpu: async () => openEngine({ backend: 'cpu' }),
  reference: async () => openEngine({ backend: 'reference' }),
  worker: async () => openRemote({ backend: 'cpu', worker: engineWorker }),
};

describe.each(Object.keys(open))('a read holds what it needs, on %s', (place) => {
  const layout: BatchShape = { outcomes: 5, rows: 3, form: 'weights' };

  /** Every operation with its first example, read once more than reads are let in at a time. */
  async function readAll(engine: Engine, atOnce: (made: readonly Tensor[]) => void): Promise<readonly (readonly number[])[]> {
    const reads = operations.map(({ name, operation }) => {
      const parameters = parametersOf(name)[0]!;
      const inputs = inputsOf(engine, operation, parameters, layout);
      const result = ofExample(operation, inputs, parameters);
      const read = result.read();
      atOnce([...inputs, result]);
      return read;
    });
    return (await Promise.all(reads)).map((numbers) => [...numbers]);
  }

  test('whatever is disposed of as soon as it was asked for', async () => {
    using engine = await open[place]!();
    const expected = await readAll(engine, () => undefined);
    expect(await readAll(engine, (made) => made.forEach((tensor) => tensor.dispose()))).toEqual(expected);
  });

  test('an engine that is disposed of at once ends the reads that have begun', async () => {
    const engine = await open[place]!();
    const read = renyiDivergence(rowsOf(engine, 3, 1), rowsOf(engine, 3, 1), { order: 0.7 }).read();
    engine.dispose();
    expect(await read).toEqual(new Float32Array(3));
  });

  test('halves that are widened for a kernel', async () => {
    using engine = await open[place]!();
    const p = engine.rows(new Uint16Array(2 * outcomes).fill(0x3c00), { outcomes, form: 'weights', storage: 'f16' });
    const read = mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets: p }, { stepSize: 0.1, steps: 2 }).read();
    p.dispose();
    expect([...await read].every((x) => Math.abs(x - 1 / outcomes) < 1e-6)).toBe(true);
  });
});

describe('a caller who gives up does not wait for the device, nor does anybody behind him', () => {
  afterEach(() => void vi.restoreAllMocks());
  /** Makes several chunks of most. */
  const limits = { maxStorageBufferBindingSize: 512 };
  const long = (engine: Engine): Tensor => alphaDivergenceMatrix(rowsOf(engine, 12, 1), rowsOf(engine, 14, 2), { alpha: 0.5 });

  test.each(['mapAsync', 'onSubmittedWorkDone', 'createComputePipelineAsync'])('where %s takes long', async (name) => {
    const faulty = new FaultyDevices();
    faulty.install();
    const engine = await openEngine({ backend: 'webgpu' }, { limits });
    const [p, q] = [rowsOf(engine, 4, 1), rowsOf(engine, 4, 2)];
    const expected = await klDivergence(p, q).read();
    const fault: Fault = { call: 'every', how: 'answer later', name };
    for (let k = 0; k < 12; k++) { // more than reads are let in at a time
      const [control, reason, waiting] = [new AbortController(), { k }, faulty.late.length];
      faulty.fault = fault;
      const divergence = long(engine);
      const ended = thrownBy(() => divergence.read({ signal: control.signal }));
      await expect.poll(() => faulty.late.length, { interval: 1 }).toBeGreaterThan(waiting - (name === 'createComputePipelineAsync' ? 1 : 0)); // it is compiled once
      faulty.fault = undefined;
      control.abort(reason);
      expect(await ended).toBe(reason);
      expect(() => divergence.report).toThrow('one that has not');
    }
    expect(await klDivergence(p, q).read()).toEqual(expected);
    faulty.late.forEach((answer) => answer());
    await engine[Symbol.asyncDispose]();
    expect(faulty.buffers.size).toBe(0);
  });

  test('what it held goes back when the device is done', async () => {
    const faulty = new FaultyDevices();
    faulty.install();
    using engine = await openEngine({ backend: 'webgpu' }, { limits });
    const control = new AbortController();
    const divergence = long(engine);
    faulty.fault = { call: 0, how: 'answer later', name: 'mapAsync' };
    const ended = thrownBy(() => divergence.read({ signal: control.signal }));
    await expect.poll(() => faulty.late.length).toBe(1);
    control.abort();
    expect(await ended).toMatchObject({ name: 'AbortError' });
    for (const tensor of [divergence, ...(divergence.origin.kind === 'result' ? divergence.origin.inputs : [])]) tensor.dispose();
    expect((await engine.memory()).used).toBeGreaterThan(0);
    faulty.late.forEach((answer) => answer());
    await expect.poll(async () => (await engine.memory()).used).toBe(0);
  });

  test.each(Object.keys(open))('on %s: twenty reads of one signal end at once, with one listener', async (place) => {
    using engine = await open[place]!();
    const control = new AbortController();
    const listeners = vi.spyOn(control.signal, 'addEventListener');
    const p = rowsOf(engine, 2, 1);
    const reads = Array.from({ length: 20 }, () => thrownBy(() => mirrorDescent(p, { kind: 'alphaDivergence', alpha: 0.5, targets: p }, { stepSize: 1e-3, steps: 500 }).read({ signal: control.signal })));
    const after = klDivergence(p, p).read();
    control.abort('enough');
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['enough']));
    expect(await after).toEqual(new Float32Array(2));
    expect(listeners.mock.calls.length).toBe(1);
  });
});
