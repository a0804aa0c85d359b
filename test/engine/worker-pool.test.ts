/** Workers do the same as the caller's thread, and nothing that befalls them is seen in a result. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { Instance } from '../../src/engine/cpu/instance.ts';
import type { Order } from '../../src/engine/cpu/messages.ts';
import { wasmModule } from '../../src/engine/cpu/module.ts';
import { WorkerPool, type WorkerPoolOptions } from '../../src/engine/cpu/worker-pool.ts';
import type { StepInput, Program, RowWork } from '../../src/engine/cpu/program.ts';
import { runRows } from '../../src/engine/cpu/rows.ts';
import type { WorkerLike } from '../../src/engine/workers.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, hellingerDistance, klDivergence, openEngine } from '../../src/index.ts';
import { expectFailure, thrownBy } from '../failure.ts';
import { engineWorker, workerOf } from '../remote/engine-worker.ts';
import { ownWorker, Workshop } from './own-worker.ts';
import { randomRows } from './random-rows.ts';

const [rows, outcomes] = [6000, 301];
const [p, q] = [randomRows(rows, outcomes, 1), randomRows(rows, outcomes, 2)];
/** Workers take part at once. */
const eager: WorkerPoolOptions = { workers: 2, worthwhile: 0, startAfter: 0 };

async function open(pool: WorkerPoolOptions, worker?: WorkerPoolOptions['worker']): Promise<Engine> {
  const engine = await openEngine({ backend: 'cpu', ...(worker && { worker }) }, { pool });
  onTestFinished(() => engine.dispose());
  return engine;
}

const divergences = {
  kl: (engine: Engine, of: Float32Array = p) => klDivergence(source(engine, of), source(engine, q)),
  alpha: (engine: Engine) => alphaDivergence(source(engine, p), source(engine, q), { alpha: 0.3 }),
  hellinger: (engine: Engine) => hellingerDistance(source(engine, p), engine.rows(q.subarray(0, outcomes), { outcomes, form: 'weights' })),
};

function source(engine: Engine, data: Float32Array): Tensor {
  return engine.rows(data, { outcomes, form: 'weights' });
}

const alone = async (make: (engine: Engine) => Tensor): Promise<Float32Array> => make(await open({ workers: 0 })).read();

/** Reads until workers have had a part in it, since they need time to start. */
async function readWithWorkers(make: () => Tensor, onProgress?: (done: number, total: number) => void): Promise<Float32Array> {
  for (;;) {
    const tensor = make();
    const result = await tensor.read({ ...(onProgress && { onProgress }) });
    if (/^WebAssembly SIMD, [23] threads$/.test(tensor.report.adapter)) return result;
    expect(tensor.report.adapter).toBe('WebAssembly SIMD');
  }
}

describe.each([{ shared: true }, { shared: false }])('$shared shared memory', (options) => {
  test.each(Object.entries(divergences))('%s is the same to the last bit', async (_, make) => {
    const engine = await open({ ...eager, ...options });
    const expected = await alone(make);
    for (let k = 0; k < 5; k++) expect(await readWithWorkers(() => make(engine))).toEqual(expected);
  });

  test('progress goes up to the total', async () => {
    const engine = await open({ ...eager, ...options });
    let calls: [number, number][] = [];
    await readWithWorkers(() => {
      calls = [];
      return divergences.kl(engine);
    }, (done, total) => calls.push([done, total]));
    calls.forEach(([done], k) => expect(done).toBeGreaterThan(calls[k - 1]?.[0] ?? 0));
    expect(calls.at(-1)).toEqual([rows, rows]);
  });

  test('the first bad row is told, whoever finds it', async () => {
    const engine = await open({ ...eager, ...options });
    await readWithWorkers(() => divergences.kl(engine));
    for (const bad of [0, 5, 1717, rows - 1]) {
      const broken = p.slice();
      for (let row = bad; row < rows; row += 97) broken[row * outcomes + 3] = -1;
      for (let k = 0; k < 3; k++) await expectFailure(() => divergences.kl(engine, broken).read(), DomainError, 'domain', { operation: 'klDivergence', argument: 'p', row: bad });
    }
    const brokenQ = q.slice();
    brokenQ[2000 * outcomes] = NaN;
    const both = (bad: number): Tensor => {
      const brokenP = p.slice();
      brokenP[bad * outcomes] = Infinity;
      return klDivergence(source(engine, brokenP), source(engine, brokenQ));
    };
    await expectFailure(() => both(2001).read(), DomainError, 'domain', { argument: 'p', row: 2001 }); // as the reference says, argument by argument
    await expectFailure(() => klDivergence(source(engine, p), source(engine, brokenQ)).read(), DomainError, 'domain', { argument: 'q', row: 2000 });
    expect(await divergences.kl(engine).read()).toEqual(await alone(divergences.kl));
  });

  test('a run that is aborted brings nothing, and those after it are whole', async () => {
    const engine = await open({ ...eager, ...options });
    const expected = await alone(divergences.kl);
    await readWithWorkers(() => divergences.kl(engine));
    for (const at of [1, 4, 6]) {
      const control = new AbortController();
      let calls = 0;
      const onProgress = (): void => { if (++calls === at) control.abort(at); };
      expect(await thrownBy(() => divergences.alpha(engine).read({ signal: control.signal, onProgress }))).toBe(at);
      expect(await divergences.kl(engine).read()).toEqual(expected);
    }
  });
});

test('rows in shared memory are read where they are', async () => {
  const engine = await open(eager);
  const shared = new Float32Array(new SharedArrayBuffer(p.byteLength));
  shared.set(p);
  expect(await readWithWorkers(() => divergences.kl(engine, shared))).toEqual(await alone(divergences.kl));
});

test('of what constants are part of, only they are sent, and once a worker', async () => {
  const posted: Order[] = [];
  const worker = (): WorkerLike => {
    const made = ownWorker();
    const post = made.postMessage.bind(made);
    made.postMessage = (order, transfer) => {
      posted.push(order as Order);
      post(order, transfer);
    };
    return made;
  };
  const module = (await wasmModule())!;
  const pool = new WorkerPool(module, { ...eager, worker });
  onTestFinished(() => pool.destroy());
  const [row, table] = [q.subarray(outcomes, 2 * outcomes), new Float32Array(4)];
  const inputs: StepInput[] = [{ from: 'inputs', index: 0, width: outcomes }, { from: 'constants', index: 0, width: outcomes, rows: 1 }];
  const step = { name: 'klRows', width: 1, slot: 0, inputs, tables: [], numbers: [2, 0, 1], scratch: 0 };
  const program: Program = { id: 1, inputs: [{ width: outcomes }], constants: [row, table], slots: [1], steps: [step], rowsAtOnce: 1 };
  const work: RowWork = { program, rows, inputs: [p], out: new Float32Array(rows) };
  const instance = await Instance.open(module);
  let threads = 1;
  while (threads === 1) ({ threads } = await runRows(instance, work, {}, pool));
  expect(work.out).toEqual(await alone((engine) => klDivergence(source(engine, p), source(engine, row))));
  const programs = posted.flatMap((order) => ('program' in order && order.program ? [order.program] : []));
  expect(programs.length).toBeLessThanOrEqual(2);
  for (const { constants } of programs) expect(constants.map(({ buffer }) => buffer.byteLength)).toEqual([4 * outcomes, 16]);
});

test('two engines work at once', async () => {
  const engines = [await open(eager), await open({ ...eager, shared: false })];
  const expected = { kl: await alone(divergences.kl), alpha: await alone(divergences.alpha) };
  await Promise.all(engines.flatMap(async (engine) => {
    expect(await readWithWorkers(() => divergences.kl(engine))).toEqual(expected.kl);
    expect(await readWithWorkers(() => divergences.alpha(engine))).toEqual(expected.alpha);
  }));
});

test('small work stays on the thread of the caller, and starts no worker', async () => {
  const workshop = new Workshop();
  const engine = await open({ workers: 2, worthwhile: 60_000, startAfter: 0 }, workshop.make);
  for (let k = 0; k < 20; k++) {
    const few = klDivergence(engine.rows(p.subarray(0, 20 * outcomes), { outcomes, form: 'weights' }), engine.rows(q.subarray(0, outcomes), { outcomes, form: 'weights' }));
    await few.read();
    expect(few.report.adapter).toBe('WebAssembly SIMD');
  }
  expect(workshop.workers).toEqual([]);
});

test("the caller's own workers are used, and ended with the engine", async () => {
  const workshop = new Workshop();
  const engine = await open(eager, workshop.make);
  expect(await readWithWorkers(() => divergences.kl(engine))).toEqual(await alone(divergences.kl));
  expect([workshop.workers.length, workshop.ended]).toEqual([2, 0]);
  await engine[Symbol.asyncDispose]();
  await expect.poll(() => workshop.ended).toBe(2);
});

test('an engine that is disposed of while it runs ends its run and its workers', async () => {
  const workshop = new Workshop();
  const engine = await open(eager, workshop.make);
  await readWithWorkers(() => divergences.kl(engine));
  const running = divergences.kl(engine).read();
  await Promise.resolve(); // it has its turn
  engine.dispose();
  expect(await running).toEqual(await alone(divergences.kl));
  await expect.poll(() => workshop.ended).toBe(2);
});

test.each(['in the middle', 'before'])('what workers leave behind that were ended %s is done by others', async (when) => {
  const workshop = new Workshop();
  const engine = await open(eager, workshop.make);
  const expected = await alone(divergences.kl);
  await readWithWorkers(() => divergences.kl(engine));
  const kill = (): void => workshop.workers.forEach((worker) => void worker.terminate());
  if (when === 'before') kill();
  expect(await divergences.kl(engine).read({ onProgress: (done) => { if (when !== 'before' && done > 50) kill(); } })).toEqual(expected);
  expect(await readWithWorkers(() => divergences.kl(engine))).toEqual(expected);
  expect(workshop.workers.length).toBeGreaterThan(2);
});

test('workers that die over and over are given up', async () => {
  let made = 0;
  const dying = (): ReturnType<typeof ownWorker> => {
    made++;
    return ownWorker("; setTimeout(() => { throw new Error('worn out'); }, 100)");
  };
  const engine = await open({ ...eager, patience: 30_000 }, dying);
  const expected = await alone(divergences.kl);
  let adapter = '';
  while (!adapter.includes('worn out')) {
    const tensor = divergences.kl(engine);
    expect(await tensor.read()).toEqual(expected);
    adapter = tensor.report.adapter;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(made).toBeLessThanOrEqual(10);
});

test.each([
  ['cannot be made', () => { throw new Error('forbidden here'); }, 'forbidden here'],
  ['fails at once', () => ownWorker("; throw new Error('broken')"), 'broken'],
  ['throws what is no error', () => workerOf('throw undefined'), ''],
  ['cannot be loaded', () => (typeof Worker === 'undefined' ? workerOf("require('./nothing')") : new Worker('/nothing.js?', { type: 'module' })), ''],
  ['is none', () => ({}) as WorkerLike, 'a value of type Object, which is no Worker'],
  ['is promised', () => Promise.resolve() as unknown as WorkerLike, 'a value of type Promise, which is no Worker'],
  ['is that of an engine', engineWorker, 'another script, whose messages make no sense'],
  ['says something else', () => ownWorker(typeof Worker === 'undefined' ? "; process.getBuiltinModule('node:worker_threads').parentPort.postMessage(null)" : '; postMessage(null)'), 'another script, whose messages make no sense'],
] as const)('where a worker %s, the caller does the work and is told why', async (_, make, reason) => {
  const engine = await open(eager, make);
  const expected = await alone(divergences.kl);
  await expect.poll(async () => {
    const tensor = divergences.kl(engine);
    expect(await tensor.read()).toEqual(expected);
    return tensor.report.adapter;
  }).toMatch(new RegExp(`^WebAssembly SIMD, one thread, since workers fail: .*${reason}`));
});

test('a worker option that is no function is refused', async () => {
  const worker = 'worker.js' as unknown as () => Worker;
  await expectFailure(() => openEngine({ worker }), DomainError, 'domain', { operation: 'openEngine', argument: 'worker' });
});
