import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { alphaDivergence, alphaDivergenceMatrix, hellingerDistance, klDivergence, mirrorDescent } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { expectFailure, thrownBy } from '../failure.ts';
import { randomRows } from './random-rows.ts';

const outcomes = 8;
/** Firefox polls for the end of a read every 100 ms. */
const slow = navigator.userAgent.includes('Firefox');
const rowsOf = (engine: Engine, rows: number, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });

/** A run long enough to be interrupted. */
function descent(engine: Engine, rows = 16, steps = 60): Tensor {
  return mirrorDescent(rowsOf(engine, rows, 1), { kind: 'alphaDivergence', alpha: -1, targets: rowsOf(engine, rows, 2) }, { stepSize: 0.1, steps });
}

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ backend }); });
  afterAll(() => engine.dispose());

  test('concurrent reads give right answers, in order', async () => {
    const count = slow ? 20 : 200;
    const q = rowsOf(engine, 1, 3);
    const order: number[] = [];
    const answers = await Promise.all(Array.from({ length: count }, async (_, k) => {
      const p = engine.rows([Array.from({ length: outcomes }, (__, j) => 1 + (j === 0 ? k : 0))], { outcomes, form: 'weights' });
      const answer = await klDivergence(p, q).read();
      order.push(k);
      return answer[0]!;
    }));
    using cpu = await openEngine({ backend: 'cpu' });
    const all = cpu.rows(Array.from({ length: count }, (_, k) => Array.from({ length: outcomes }, (__, j) => 1 + (j === 0 ? k : 0))), { outcomes, form: 'weights' });
    const expected = await klDivergence(all, rowsOf(cpu, 1, 3)).read();
    answers.forEach((answer, k) => expect(Math.abs(answer - expected[k]!)).toBeLessThanOrEqual(4 * 2 ** -23 * expected[k]!));
    expect(order).toEqual(Array.from({ length: count }, (_, k) => k));
  });

  test('a signal that is aborted already rejects with its reason, and runs nothing', async () => {
    const reason = new Error('not needed any more');
    const divergence = hellingerDistance(rowsOf(engine, 4, 1), rowsOf(engine, 4, 2));
    const { dispatches } = counters;
    expect(await thrownBy(() => divergence.read({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await thrownBy(() => divergence.read({ signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
    expect(counters.dispatches).toBe(dispatches);
    expect(() => divergence.report).toThrow('one that has not');
    expect((await divergence.read()).length).toBe(4);
  });

  test('a signal aborted during the run rejects with its reason, and later reads work', async () => {
    const expected = await descent(engine).read();
    const run = descent(engine);
    for (const at of [1, 3]) {
      const control = new AbortController();
      const reason = { stopped: at };
      let calls = 0;
      const onProgress = (): void => { if (++calls === at) control.abort(reason); };
      expect(await thrownBy(() => run.read({ signal: control.signal, onProgress }))).toBe(reason);
      expect(() => run.report).toThrow('one that has not');
    }
    expect(await run.read()).toEqual(expected);
  });

  test('a signal aborted at the last moment rejects too', async () => {
    const control = new AbortController();
    const onProgress = (done: number, total: number): void => { if (done === total) control.abort(); };
    const run = descent(engine, 4, 2);
    expect(await thrownBy(() => run.read({ signal: control.signal, onProgress }))).toMatchObject({ name: 'AbortError' });
    expect((await run.read()).length).toBe(4 * outcomes);
  });

  test('an aborted read does not hold up those that wait, nor they it', async () => {
    const control = new AbortController();
    const reads = [descent(engine).read(), descent(engine).read({ signal: control.signal }), hellingerDistance(rowsOf(engine, 2, 1), rowsOf(engine, 2, 1)).read()];
    control.abort();
    const [first, second, third] = await Promise.allSettled(reads);
    expect(first!.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    expect(third).toMatchObject({ value: new Float32Array(2) });
  });

  test('progress goes up to the total', async () => {
    const calls: [number, number][] = [];
    await descent(engine).read({ onProgress: (done, total) => calls.push([done, total]) });
    expect(calls.length).toBeGreaterThanOrEqual(2);
    expectProgress(calls);
  });

  test('an error in onProgress reaches the caller', async () => {
    const error = new Error('the caller fails');
    const run = descent(engine, 4, 2);
    expect(await thrownBy(() => run.read({ onProgress: () => { throw error; } }))).toBe(error);
    const onProgress: () => unknown = async () => { throw error; };
    expect(await thrownBy(() => run.read({ onProgress }))).toBe(error);
    expect((await run.read()).length).toBe(4 * outcomes);
  });

  test('and costs no buffer: what is on the device stays there', async () => {
    const [p, q] = [rowsOf(engine, 4, 1), rowsOf(engine, 4, 2)];
    const fail = (): void => { throw new Error('the caller fails'); };
    await klDivergence(p, q).read();
    await thrownBy(() => klDivergence(p, q).read({ onProgress: fail }));
    const [before, { buffers }] = [await engine.memory(), counters];
    for (let k = 0; k < 3; k++) await thrownBy(() => klDivergence(p, q).read({ onProgress: fail }));
    expect(await engine.memory()).toEqual(before);
    expect(counters.buffers).toBe(buffers);
  });

  test('two engines do not mix', async () => {
    using other = await openEngine({ backend });
    const results = await Promise.all([engine, other, engine, other].map((each, k) => hellingerDistance(rowsOf(each, 3, 1), rowsOf(each, 3, k < 2 ? 2 : 1)).read()));
    expect(results[0]).toEqual(results[1]);
    for (const same of results.slice(2)) expect(same).toEqual(new Float32Array(3));
  });

  test('dispose, Symbol.dispose and Symbol.asyncDispose', async () => {
    const closing = ['dispose', Symbol.dispose, Symbol.asyncDispose] as const;
    for (const close of closing) {
      const closed = await openEngine({ backend });
      const running = descent(closed, 2, 5).read();
      const waiting = hellingerDistance(rowsOf(closed, 2, 1), rowsOf(closed, 2, 1)).read();
      await Promise.resolve(); // the first read has its turn
      const outcomesOfReads = Promise.allSettled([running, waiting]);
      await closed[close]();
      for (const read of await outcomesOfReads) { // finished, or refused with a reason: never a crash
        if (read.status === 'rejected') await expectFailure(() => { throw read.reason as Error; }, DomainError, 'domain', { expected: 'a live engine' });
      }
      await expectFailure(() => rowsOf(closed, 1, 1), DomainError, 'domain', { operation: 'engine.rows', expected: 'a live engine' });
    }
  });

  test('what is disposed of while it is read leaves nothing on the device', async () => {
    using other = await openEngine({ backend });
    const [p, q] = [rowsOf(other, 4, 1), rowsOf(other, 4, 2)];
    const divergence = hellingerDistance(p, q);
    const reading = divergence.read();
    for (const tensor of [p, q, divergence]) tensor.dispose();
    expect((await reading).length).toBe(4);
    await expect.poll(async () => (await other.memory()).used).toBe(0);
  });

  test('rows in shared memory are read as they are', async () => {
    const data = randomRows(4, outcomes, 1);
    const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
    shared.set(data);
    const result = hellingerDistance(engine.rows(shared, { outcomes, form: 'weights' }), rowsOf(engine, 4, 2));
    expect(await result.read()).toEqual(await hellingerDistance(rowsOf(engine, 4, 1), rowsOf(engine, 4, 2)).read());
  });

  test('a tensor in a using declaration is disposed of at the end of its block', async () => {
    let kept: Tensor;
    {
      using p = rowsOf(engine, 2, 1);
      kept = p;
      expect(p.disposed).toBe(false);
    }
    expect(kept.disposed).toBe(true);
  });
});

function expectProgress(calls: readonly (readonly [number, number])[]): void {
  const total = calls[0]![1];
  calls.forEach(([done, each], k) => {
    expect(each).toBe(total);
    expect(done).toBeGreaterThan(k === 0 ? 0 : calls[k - 1]![0]);
  });
  expect(calls.at(-1)![0]).toBe(total);
}

test('progress counts the checks too', async () => {
  using engine = await openEngine({ backend: 'webgpu', check: 'all' });
  const calls: [number, number][] = [];
  await hellingerDistance(rowsOf(engine, 9, 1), rowsOf(engine, 9, 2)).read({ onProgress: (done, total) => calls.push([done, total]) });
  expect(calls.length).toBeGreaterThan(9);
  expectProgress(calls);
});

test('a result that is read again stays what it is when others are computed', async () => {
  using engine = await openEngine({ backend: 'webgpu' });
  const [p, q] = [rowsOf(engine, 5, 1), rowsOf(engine, 5, 2)];
  const [result, other] = [klDivergence(p, q), klDivergence(q, p)];
  const first = await result.read();
  expect(await result.read()).toEqual(first);
  expect(await other.read()).not.toEqual(first);
  expect(await result.read()).toEqual(first);
});

test('evaluating and disposing over and over makes no new buffers', async () => {
  using engine = await openEngine({ backend: 'webgpu' });
  const q = rowsOf(engine, 12, 3);
  const operations: ((p: Tensor) => Tensor)[] = [
    (p) => klDivergence(p, q), (p) => alphaDivergence(p, q, { alpha: 0.3 }), (p) => alphaDivergenceMatrix(p, q, { alpha: 0.5 }),
    (p) => mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets: q }, { stepSize: 0.1, steps: 2 }),
  ];
  const cycle = async (k: number): Promise<void> => {
    using p = rowsOf(engine, 12, k);
    using result = operations[k % operations.length]!(p);
    await result.read();
  };
  for (let k = 0; k < 2 * operations.length; k++) await cycle(k);
  const { buffers } = counters;
  for (let k = 0; k < (slow ? 20 : 300); k++) await cycle(k);
  expect(counters.buffers).toBe(buffers);
});
