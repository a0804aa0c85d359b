/** What goes to the worker of an engine, and what happens when that fails. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import ownScript from 'virtual:script/test/remote/own-operations.ts';
import outerScript from 'virtual:script/test/remote/outer-worker.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { connect, type WorkerLike } from '../../src/engine/workers.ts';
import { openEngine as openHere } from '../../src/open.ts';
import type { EngineOptions } from '../../src/remote/open.ts';
import type { Order, SentResult, SentSource } from '../../src/remote/messages.ts';
import {
  BackendUnavailableError, CertificateError, divergenceMatrix, DomainError, hellingerDistance, klDivergence, mirrorDescentStep, openEngine, probabilities, renyiDivergence, ShapeError, WorkerLostError, type Tensor,
} from '../../src/worker.ts';
import { randomRows } from '../engine/random-rows.ts';
import { expectFailure, thrownBy } from '../failure.ts';
import { ownWorker as cpuWorker } from '../engine/own-worker.ts';
import { engineWorker, workerOf } from './engine-worker.ts';
import { cubic, overpromised, triangular } from './own-divergences.ts';

const outcomes = 4;
const isNode = typeof Worker === 'undefined';
const rowsOf = (engine: Engine, rows = 2, seed = 1): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });

/** A worker whose orders are kept. */
class Tapped {
  readonly orders: Order[] = [];
  /** Of the numbers that were posted, with all of the buffers that they lie in. */
  bytes = 0;
  worker: WorkerLike | undefined;

  readonly make = (): WorkerLike => {
    const worker = this.worker = engineWorker();
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (order: Order, transfer) => {
      this.orders.push(order);
      for (const tensor of 'tensors' in order ? order.tensors : []) if (tensor.kind === 'source') this.bytes += tensor.data.buffer.byteLength;
      post(order, transfer);
    };
    return worker;
  };

  of<Kind extends Order['kind']>(kind: Kind): Extract<Order, { kind: Kind }>[] {
    return this.orders.filter((order): order is Extract<Order, { kind: Kind }> => order.kind === kind);
  }
}

async function open(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await openEngine({ backend: 'cpu', worker: engineWorker, ...options });
  onTestFinished(() => engine.dispose());
  return engine;
}

describe('what is sent', () => {
  test('a tensor once, whatever is made from it, and a name when it is not needed any more', async () => {
    const tapped = new Tapped();
    const engine = await open({ worker: tapped.make });
    const [p, q] = [rowsOf(engine, 3, 1), rowsOf(engine, 3, 2)];
    const d = klDivergence(p, q);
    await d.read();
    await d.read();
    await klDivergence(q, p).read();
    expect(tapped.of('read').map(({ tensors }) => tensors.map(({ kind }) => kind))).toEqual([['source', 'source', 'result'], [], ['result']]);
    for (const tensor of [d, p, p]) tensor.dispose();
    const sent = tapped.of('read')[0]!.tensors[2] as SentResult;
    expect(tapped.of('release').map(({ id }) => id)).toEqual([sent.id, sent.inputs[0]]);
  });

  test('the numbers of a source alone, and those of a shared array not at all', async () => {
    const tapped = new Tapped();
    const engine = await open({ worker: tapped.make });
    const whole = randomRows(100, outcomes, 1);
    const shared = typeof SharedArrayBuffer === 'function' ? new Float32Array(new SharedArrayBuffer(16)).fill(1) : undefined;
    await engine.rows(whole.subarray(8, 16), { outcomes, form: 'weights' }).read();
    if (shared) await engine.rows(shared, { outcomes, form: 'weights' }).read();
    expect(whole.length).toBe(400);
    expect(tapped.bytes).toBe(shared ? 32 + 16 : 32);
    const [last] = tapped.of('read').at(-1)!.tensors as SentSource[];
    if (shared) expect(last!.data.buffer).toBe(shared.buffer);
  });

  test('what is handed over is gone at once', async () => {
    const engine = await open();
    const data = randomRows(3, outcomes, 1);
    const copy = data.slice();
    const p = engine.rows(data, { outcomes, form: 'weights', transfer: true });
    expect(data.length).toBe(0);
    expect(await p.read()).toEqual(copy);
    expect(p.shape).toEqual([3, outcomes]);
    if ('detached' in ArrayBuffer.prototype) await expectFailure(() => engine.rows(data, { outcomes }), ShapeError, 'shape', { operation: 'engine.rows', argument: 'data' });
    const { buffer } = new WebAssembly.Memory({ initial: 1 });
    const ofModule = new Float32Array(buffer, 0, 4).fill(1);
    if (!isNode) await expectFailure(() => engine.rows(ofModule, { outcomes, form: 'weights', transfer: true }), DomainError, 'domain', { operation: 'engine.rows' });
    expect(await engine.rows(ofModule, { outcomes, form: 'weights' }).read()).toEqual(new Float32Array(4).fill(1));
    using here = await openHere({ backend: 'cpu' });
    expect(await here.rows(copy, { outcomes, form: 'weights', transfer: true }).read()).toEqual(copy);
    await expectFailure(() => here.rows(copy, { outcomes, transfer: 1 as unknown as boolean }), DomainError, 'domain', { operation: 'engine.rows', argument: 'transfer', got: '1' });
  });

  test('what was disposed of while a read needs it', async () => {
    const engine = await open({ backend: 'webgpu' });
    using here = await openHere({ backend: 'webgpu' });
    const made = (each: Engine): Tensor[] => {
      const p = rowsOf(each, 2, 1);
      const middle = probabilities(p);
      return [p, middle, mirrorDescentStep(middle, each.values([[1, 2, 3, 4]], { outcomes }), { stepSize: 0.1 })];
    };
    const [p, middle, step] = made(engine);
    middle!.dispose();
    const reading = step!.read();
    await Promise.resolve();
    p!.dispose();
    expect(await reading).toEqual(await made(here)[2]!.read());
    await expectFailure(() => step!.read(), DomainError, 'domain', { operation: 'tensor.read' });
  });

  test('the memory that disposed tensors had on the device is free again', async () => {
    const engine = await open({ backend: 'webgpu' });
    const use = async (): Promise<number> => (await engine.memory()).used;
    const cycle = async (seed: number): Promise<void> => {
      using p = rowsOf(engine, 100, seed);
      using d = hellingerDistance(p, p);
      await d.read();
    };
    await cycle(1);
    const before = await use();
    for (let seed = 2; seed < 8; seed++) await cycle(seed);
    expect(await use()).toBe(before);
  });
});

describe("callers' own divergences", () => {
  const ownWorker = (): WorkerLike => workerOf(ownScript);

  test('are known to a worker that registers them, beside one of the library that has the same name', async () => {
    const engine = await open({ worker: ownWorker });
    using here = await openHere({ backend: 'cpu' });
    for (const make of [
      (each: Engine) => triangular(rowsOf(each, 2, 1), rowsOf(each, 2, 2)),
      (each: Engine) => cubic(rowsOf(each, 2, 1), rowsOf(each, 2, 2)),
      (each: Engine) => klDivergence(rowsOf(each, 2, 1), rowsOf(each, 2, 2)),
      (each: Engine) => divergenceMatrix(rowsOf(each, 2, 1), rowsOf(each, 2, 2), { divergence: triangular }),
      (each: Engine) => divergenceMatrix(rowsOf(each, 2, 1), rowsOf(each, 2, 2), { divergence: klDivergence }),
    ]) expect(await make(engine).read()).toEqual(await make(here).read());
  });

  test('fail their check there as here: the error has the report, and so has the tensor', async () => {
    const engine = await open({ worker: ownWorker, backend: 'webgpu', check: 'all' });
    const result = overpromised(rowsOf(engine, 1, 1), rowsOf(engine, 1, 2));
    const error = await expectFailure(() => result.read(), CertificateError, 'certificate', { operation: 'overpromised', row: 0 });
    expect(result.report).toMatchObject({ backend: 'webgpu', certificate: { passed: false, rowsChecked: 1 } });
    expect(error.cause).toBe(result.report);
  });

  test('are refused where the worker does not know them, and nothing is sent', async () => {
    const tapped = new Tapped();
    const engine = await open({ worker: tapped.make });
    const p = rowsOf(engine);
    await expectFailure(() => cubic(p, p).read(), DomainError, 'domain', { operation: 'cubic' });
    await expectFailure(() => divergenceMatrix(p, p, { divergence: triangular }).read(), DomainError, 'domain', { operation: 'klDivergence' });
    expect(tapped.of('read')).toEqual([]);
    expect(await klDivergence(p, p).read()).toEqual(new Float32Array(2));
  });

  test('functions among the parameters that are not asked for', async () => {
    const engine = await open();
    const p = rowsOf(engine);
    await expectFailure(() => renyiDivergence(p, p, { order: 2, also: () => 1 } as { order: number }).read(), DomainError, 'domain', { operation: 'renyiDivergence', argument: 'also' });
    await expectFailure(() => renyiDivergence(p, p, { order: 2, also: [() => 1] } as unknown as { order: number }).read(), DomainError, 'domain', { operation: 'renyiDivergence', argument: 'also' });
    expect(await renyiDivergence(p, p, { order: 2 }).read()).toEqual(new Float32Array(2));
  });
});

describe('what cannot be in a worker', () => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ backend: 'cpu', worker: engineWorker }); });
  afterAll(() => engine.dispose());

  test('GPUBuffers', async () => {
    const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
    const buffer = device.createBuffer({ size: 64, usage: 0x80 });
    await expectFailure(() => engine.rows(buffer, { outcomes: 4 }), DomainError, 'domain', { operation: 'engine.rows', argument: 'data', expected: 'data on the host, for this engine runs in a worker' });
    await expectFailure(() => rowsOf(engine).buffer(), BackendUnavailableError, 'backend-unavailable', { operation: 'tensor.buffer' });
    await expectFailure(() => openEngine({ worker: engineWorker, device } as EngineOptions), DomainError, 'domain', { operation: 'openEngine', argument: 'device' });
    device.destroy();
  });

  test('options that are none', async () => {
    await expectFailure(() => openEngine({} as EngineOptions), DomainError, 'domain', { operation: 'openEngine', argument: 'worker', got: 'undefined' });
    await expectFailure(() => openEngine(null as unknown as EngineOptions), DomainError, 'domain', { operation: 'openEngine', argument: 'options' });
    await expectFailure(() => openEngine({ worker: engineWorker, backend: 'gpu' as 'cpu' }), DomainError, 'domain', { operation: 'openEngine', argument: 'backend' });
    await expectFailure(() => openEngine({ worker: engineWorker, onDeviceLost: () => undefined } as EngineOptions), DomainError, 'domain', { operation: 'openEngine', argument: 'onDeviceLost' });
  });
});

describe('a worker that', () => {
  const failure = async (worker: () => WorkerLike, forced = {}): Promise<void> =>
    void await expectFailure(() => openEngine({ backend: 'cpu', worker }, forced), WorkerLostError, 'worker-lost', { operation: 'openEngine', expected: 'a worker that runs the module dually/engine-worker' });

  test('cannot be made', () => failure(() => { throw new Error('forbidden here'); }));
  test.each([[{}], [undefined], [Promise.resolve()]])('is none but %s', (none) => failure(() => none as unknown as WorkerLike));
  test('cannot be loaded', () => failure(() => (isNode ? workerOf("require('./nothing')") : new Worker('/nothing.js?', { type: 'module' }))));
  test('fails when it is loaded', () => failure(() => workerOf('throw new Error("broken")')));
  test('is another script, which says something', () => failure(() => workerOf(isNode ? "require('worker_threads').parentPort.postMessage({ hello: 1 })" : 'postMessage({ hello: 1 })')));
  test('is the worker of the CPU path', () => failure(cpuWorker));
  test.each(['null', '"ready"', '{ kind: null }'])('posts %s', (message) => failure(() => workerOf(isNode ? `require('worker_threads').parentPort.postMessage(${message})` : `postMessage(${message})`)));
  test('throws what is no error', () => failure(() => workerOf('throw undefined')));
  test('is a module where a script is wanted', () => failure(() => workerOf('import.meta.url')));
  test('says nothing', () => failure(() => workerOf(isNode ? 'setInterval(() => {}, 1000)' : ''), { patience: 300 }));

  test('is ended while reads wait: they and later ones are told', async () => {
    const tapped = new Tapped();
    const engine = await open({ worker: tapped.make, backend: 'reference' });
    const p = engine.rows(randomRows(4096, 1024, 1), { outcomes: 1024, form: 'weights' });
    const end = (): void => void tapped.worker!.terminate();
    const reads = [renyiDivergence(p, p, { order: 0.7 }).read({ onProgress: end }), klDivergence(p, p).read(), engine.memory()];
    reads.push(...Array.from({ length: 20 }, () => klDivergence(p, p).read()));
    const ends = await Promise.allSettled(reads);
    const lost = { status: 'rejected', reason: { name: 'WorkerLostError', code: 'worker-lost', operation: 'tensor.read', remedy: expect.any(String) as string } };
    expect([ends[0], ends[1], ...ends.slice(3)]).toMatchObject([lost, lost, ...ends.slice(3).map(() => lost)]);
    await expectFailure(() => p.read(), WorkerLostError, 'worker-lost', { operation: 'tensor.read', expected: 'the worker of the engine' });
    await expectFailure(() => engine.memory(), WorkerLostError, 'worker-lost', { operation: 'engine.memory' });
    p.dispose();
  });

  test('belongs to a disposed engine ends when its reads have ended', async () => {
    const tapped = new Tapped();
    const engine = await openEngine({ backend: 'cpu', worker: tapped.make });
    let terminated!: () => void;
    const end = new Promise<void>((resolve) => { terminated = resolve; });
    const terminate = tapped.worker!.terminate.bind(tapped.worker);
    tapped.worker!.terminate = () => {
      terminated();
      return terminate();
    };
    const read = klDivergence(rowsOf(engine, 2000), rowsOf(engine, 2000)).read();
    await Promise.resolve();
    engine.dispose();
    expect(await read).toEqual(new Float32Array(2000));
    await end;
    expect(await thrownBy(() => engine.memory())).toBeInstanceOf(WorkerLostError);
    await expectFailure(() => rowsOf(engine), DomainError, 'domain', { expected: 'a live engine' });
  });
});

test('a worker makes others where that is safe, and says where it is not', async () => {
  const engine = await open();
  const p = engine.rows(randomRows(20_000, 256, 1), { outcomes: 256, form: 'weights' });
  const divergence = klDivergence(p, p);
  expect(await divergence.read()).toEqual(new Float32Array(20_000));
  expect(divergence.report.adapter).toMatch(/Firefox\//.test(navigator.userAgent) ? /, one thread, since workers fail: Firefox may hang/ : /^WebAssembly SIMD(, \d+ threads)?$/);
});

test('an engine whose worker is opened in another worker', async () => {
  const worker = workerOf(outerScript);
  const answer = await new Promise((resolve, reject) => {
    const thread = connect<undefined, object>(worker, { answer: resolve, died: (reason) => reject(new Error(reason)) });
    thread.keepAlive(true);
    thread.post(undefined, []);
  }).finally(() => void worker.terminate());
  expect(answer).toEqual(Float32Array.of(0.5 * Math.log(4 / 3)));
});
