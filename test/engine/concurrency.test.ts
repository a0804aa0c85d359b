import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine as openHere } from '../../src/engine/open.ts';
import { DeviceError, DomainError } from '../../src/engine/errors.ts';
import type { RunReport } from '../../src/engine/report.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { alphaDivergence, alphaDivergenceMatrix, chernoffInformation, entropy, hellingerDistance, klDivergence, mirrorDescent, openEngine, probabilities } from '../../src/index.ts';
import { thrownBy } from '../failure.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { placeFor } from './place.ts';
import { randomRows } from './random-rows.ts';

const form = 'weights';
/** Firefox polls for the end of a read every 100 ms. */
const slow = navigator.userAgent.includes('Firefox');

const rowsOf = (engine: Engine, rows: number, outcomes: number, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form });
/** One for the CPU, since the kernel does not take such an α. */
const onCpu = (p: Tensor, q: Tensor): Tensor => alphaDivergence(p, q, { alpha: 1000 });

/** The memory in use once what was disposed of is free. */
async function usedAtLast(engine: Engine): Promise<number> {
  for (const end = performance.now() + 30_000;;) {
    const { used } = await engine.memory();
    if (used === 0 || performance.now() > end) return used;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A read of some kind, and what it may end in beside a right answer. */
interface Request {
  readonly made: readonly Tensor[];
  readonly read: Promise<Float32Array>;
  readonly errors: readonly object[];
  /** Whether an error has to come. */
  readonly fails: boolean;
}

const operations: readonly ((p: Tensor, q: Tensor) => Tensor)[] = [
  klDivergence, hellingerDistance, (p, q) => alphaDivergence(p, q, { alpha: 0.5 }), (p, q) => alphaDivergenceMatrix(p, q, { alpha: -1 }), (p) => probabilities(p),
  (p) => entropy(p), onCpu, chernoffInformation,
];

const disposed = { code: 'domain', expected: 'inputs that are still there' };

function request(engine: Engine, shared: readonly Tensor[], index: number, uniform: () => number): Request {
  const outcomes = 2 + Math.floor(uniform() * shared.length);
  const rows = 1 + Math.floor(uniform() * 6);
  const data = randomRows(rows, outcomes, index);
  const kind = index % 10;
  const badRow = Math.floor(uniform() * rows);
  if (kind === 5) data[badRow * outcomes] = uniform() < 0.5 ? -1 : NaN;
  const p = engine.rows(data, { outcomes, form });
  const result = operations[Math.floor(uniform() * operations.length)]!(p, shared[outcomes - 2]!);
  const made = [p, result];
  switch (kind) {
    case 5: return { made, read: result.read(), errors: [{ code: 'domain', row: badRow }], fails: true };
    case 6: return { made, read: result.read({ signal: AbortSignal.abort() }), errors: [{ name: 'AbortError' }], fails: true };
    case 7: {
      const control = new AbortController();
      setTimeout(() => control.abort({ aborted: index }), uniform() * 300);
      return { made, read: result.read({ signal: control.signal }), errors: [{ aborted: index }], fails: false };
    }
    case 8: {
      const read = result.read();
      p.dispose();
      result.dispose();
      return { made, read, errors: [disposed], fails: false };
    }
    case 9: {
      p.dispose();
      return { made, read: result.read(), errors: [disposed], fails: true };
    }
    default: return { made, read: result.read(), errors: [], fails: false };
  }
}

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  const count = slow && backend === 'webgpu' ? 100 : 1000;

  test('many reads of every kind at a time end in right answers or errors of their own', async () => {
    using engine = await openEngine({ ...await placeFor(backend), check: 'all' }); // a wrong answer is an error
    const uniform = uniformFrom(5);
    const shared = Array.from({ length: 8 }, (_, k) => rowsOf(engine, 1, k + 2, 900 + k));
    const requests = Array.from({ length: count }, (_, index) => request(engine, shared, index, uniform));
    const ends = await Promise.allSettled(requests.map(({ read }) => read));
    let answers = 0;
    for (const [index, { made: [p, result], errors, fails }] of requests.entries()) {
      const end = ends[index]!;
      if (end.status === 'rejected') {
        expect(errors, `${index}: ${String(end.reason)}`).toContainEqual(expect.objectContaining({}));
        expect(end.reason).toMatchObject(errors[0]!);
        continue;
      }
      answers++;
      expect(fails, `${index}`).toBe(false);
      expect(end.value.length).toBe(result!.rows * result!.width);
      const { shape, adapter, certificate } = result!.report;
      expect(shape).toEqual(result!.shape);
      if (adapter !== 'CPU') expect(certificate, `${index}`).toMatchObject({ passed: true, rowsChecked: p!.rows }); // the reference needs none
    }
    expect(answers).toBeGreaterThanOrEqual(count / 2);
    expect((await engine.memory()).used > 0).toBe(backend === 'webgpu');
    for (const tensor of [...shared, ...requests.flatMap(({ made }) => made)]) tensor.dispose();
    expect(await usedAtLast(engine)).toBe(0);
  });

  test('many reads give the same numbers as one read of all', async () => {
    using engine = await openEngine(await placeFor(backend));
    const outcomes = 5;
    const q = rowsOf(engine, 1, outcomes, 2);
    const data = randomRows(count, outcomes, 1);
    const order: number[] = [];
    const rows = await Promise.all(Array.from({ length: count }, async (_, row) => {
      using p = engine.rows(data.subarray(row * outcomes, (row + 1) * outcomes), { outcomes, form });
      using divergence = klDivergence(p, q);
      const numbers = await divergence.read();
      order.push(row);
      return [...numbers];
    }));
    using all = engine.rows(data, { outcomes, form });
    using divergences = klDivergence(all, q);
    expect(rows.flat()).toEqual([...await divergences.read()]);
    expect(order).toEqual(Array.from({ length: count }, (_, row) => row));
    q.dispose();
    for (const tensor of [all, divergences]) tensor.dispose();
    expect(await usedAtLast(engine)).toBe(0);
  });

  test('the engine is disposed of while reads are in flight', async () => {
    const engine = await openEngine(await placeFor(backend));
    const reads = Array.from({ length: 100 }, (_, k) => klDivergence(rowsOf(engine, 2, 3, k), rowsOf(engine, 2, 3, k)).read());
    const settled = Promise.allSettled(reads);
    await reads[0];
    await engine[Symbol.asyncDispose]();
    const ends = await settled;
    expect(ends[99]).toMatchObject({ status: 'rejected', reason: { code: 'domain', expected: 'a live engine' } });
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(DomainError);
    expect((await engine.memory()).used).toBe(0);
  });
});

test('what is disposed of while its read begins is freed', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  for (let seed = 1; seed < 5; seed++) {
    const p = rowsOf(engine, 40, 6, seed);
    const divergence = klDivergence(p, p);
    const read = divergence.read();
    p.dispose();
    if (seed % 2 === 0) divergence.dispose();
    expect(await read).toEqual(new Float32Array(40));
    divergence.dispose();
  }
  expect(await usedAtLast(engine)).toBe(0);
});

test('equal requests are not merged: each has a run and a report of its own', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  const [p, q] = [rowsOf(engine, 40, 6, 1), rowsOf(engine, 40, 6, 2)];
  await klDivergence(p, q).read(); // both are checked from now on
  const equal = Array.from({ length: 20 }, () => klDivergence(p, q));
  const before = counters.dispatches;
  const answers = await Promise.all(equal.map((divergence) => divergence.read()));
  expect(counters.dispatches - before).toBe(20);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(new Set(answers.map(({ buffer }) => buffer)).size).toBe(20);
  const reports = equal.map(({ report }) => report);
  expect(new Set<RunReport>(reports).size).toBe(20);
  for (const report of reports) expect(report).toMatchObject({ dispatches: 1, bytesUp: 0, bytesDown: 4 * 40 });
});

test('what is read again and again stays where it is', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  const rowsAt = (seed: number): Tensor => rowsOf(engine, 40, 6, seed);
  const divergence = klDivergence(rowsAt(1), rowsAt(2));
  const first = await divergence.read();
  for (let seed = 3; seed < 9; seed += 2) {
    expect(await divergence.read()).toEqual(first);
    expect(await klDivergence(rowsAt(seed), rowsAt(seed + 1)).read()).not.toEqual(first); // as large, in a buffer of the pool if there is one
  }
});

test('one tensor is read many times at once, and is held once', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  const [p, q] = [rowsOf(engine, 40, 6, 1), rowsOf(engine, 40, 6, 2)];
  const divergence = klDivergence(p, q);
  const [answers, buffers] = await Promise.all([Promise.all(Array.from({ length: 20 }, () => divergence.read())), Promise.all([divergence.buffer(), divergence.buffer()])]);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(new Set(answers.map(({ buffer }) => buffer)).size).toBe(20);
  expect(buffers[0]).toBe(buffers[1]);
  expect((await engine.memory()).used).toBe(4 * 40 * (6 + 6 + 1));
  const { dispatches } = counters;
  expect(await divergence.read()).toEqual(answers[0]);
  expect(counters.dispatches).toBe(dispatches);
  for (const tensor of [divergence, p, q]) tensor.dispose();
  expect(await usedAtLast(engine)).toBe(0);
});

test('reads of each place come first come first served', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  const [p, q] = [rowsOf(engine, 100, 50, 1), rowsOf(engine, 3, 8, 2)];
  await Promise.all([onCpu(q, q).read(), klDivergence(q, q).read()]); // compiled
  const ended: string[] = [];
  const read = async (name: string, tensor: Tensor): Promise<void> => {
    await tensor.read();
    ended.push(name);
  };
  const reads: Promise<void>[] = [];
  for (let k = 10; k < 40; k++) reads.push(read(`CPU ${k}`, onCpu(p, p)));
  for (let k = 10; k < 15; k++) reads.push(read(`GPU ${k}`, klDivergence(q, q)));
  await Promise.all(reads);
  for (const place of ['CPU', 'GPU']) {
    const order = ended.filter((name) => name.startsWith(place));
    expect(order).toEqual(order.toSorted());
  }
});

test('short reads do not wait for a long one elsewhere', async () => {
  using engine = await openHere(await placeFor('webgpu'));
  const [p, control] = [rowsOf(engine, 1, 8, 1), new AbortController()];
  const endless = mirrorDescent(p, { kind: 'alphaDivergence', alpha: 5, targets: p }, { stepSize: 1e-3, steps: 1e9 }); // for the CPU, since the kernel does not take such an α
  const aborted = thrownBy(() => endless.read({ signal: control.signal }));
  for (let k = 0; k < 5; k++) expect(await klDivergence(p, p).read()).toEqual(new Float32Array(1));
  control.abort();
  expect(await aborted).toMatchObject({ name: 'AbortError' });
});

describe('an error of one does not touch others', () => {
  test('when it reads a buffer of another device', async () => {
    using engine = await openEngine(await placeFor('webgpu'));
    const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
    const alien = device.createBuffer({ size: 4 * 8, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
    const q = rowsOf(engine, 1, 8, 1);
    const tensors = Array.from({ length: 24 }, (_, k) => klDivergence(k % 4 === 1 ? engine.rows(alien, { outcomes: 8, form }) : rowsOf(engine, 3, 8, k), q));
    const ends = await Promise.allSettled(tensors.map((tensor) => tensor.read()));
    using cpu = await openEngine({ backend: 'reference' });
    for (const [k, end] of ends.entries()) {
      if (k % 4 === 1) {
        expect(end).toMatchObject({ status: 'rejected', reason: expect.any(DeviceError) as DeviceError });
        continue;
      }
      const expected = await klDivergence(rowsOf(cpu, 3, 8, k), rowsOf(cpu, 1, 8, 1)).read();
      (end as PromiseFulfilledResult<Float32Array>).value.forEach((x, row) => expect(Math.abs(x / expected[row]! - 1)).toBeLessThan(1e-6));
      expect(tensors[k]!.report).not.toHaveProperty('replays');
    }
    for (const tensor of tensors) for (const each of [tensor, ...inputsOf(tensor)]) each.dispose();
    expect(await usedAtLast(engine)).toBe(0);
    device.destroy();
  });

  test.each([['of its numbers', 4 * 64], ['of its checks', 64]])('when the buffer %s cannot be made', async (_, size) => {
    const [rows, outcomes] = [64, 32];
    const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
    const create = device.createBuffer.bind(device);
    let failures = 0;
    device.createBuffer = (descriptor) => {
      if ((descriptor.usage & GPUBufferUsage.STORAGE) === 0 || descriptor.size !== size || failures++ > 0) return create(descriptor);
      const failed = create({ ...descriptor, size: 2 * device.limits.maxBufferSize }); // a real error of the real device
      return Object.defineProperty(failed, 'size', { value: size }); // as it is when memory runs out
    };
    const engine = await openEngine({ device });
    const q = rowsOf(engine, 1, outcomes, 1);
    const tensors = Array.from({ length: 30 }, (_, k) => klDivergence(rowsOf(engine, rows, outcomes, k + 2), q));
    const ends = await Promise.allSettled(tensors.map((tensor) => tensor.read()));
    expect(failures).toBeGreaterThan(1);
    expect(ends.map(({ status }) => status)).toEqual(tensors.map(() => 'fulfilled'));
    expect(tensors.map(({ report }) => report.replays ?? 0)).toEqual(tensors.map((_, k) => (k === 0 ? 1 : 0)));
    for (const tensor of tensors) for (const each of [tensor, ...inputsOf(tensor)]) each.dispose();
    expect(await usedAtLast(engine)).toBe(0);
    engine.dispose();
    device.destroy();
  });
});

function inputsOf({ origin }: Tensor): readonly Tensor[] {
  return origin.kind === 'result' ? origin.inputs : [];
}
