/** The engine holds no more on the device than its budget, whatever it is asked for, and the numbers stay the same. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { DomainError, LimitExceededError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import {
  alphaDivergenceMatrix, divergenceMatrix, hellingerDistance, klDivergence, mirrorDescent, mirrorDescentStep, nearest, probabilities, totalVariationDistance,
} from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { download } from './download.ts';
import { meter, type Meter } from './meter.ts';
import { placeFor } from './place.ts';
import { randomRows, randomValues } from './random-rows.ts';

const slow = navigator.userAgent.includes('Firefox');
const kib = 2 ** 10;
const outcomes = 64;
const bytesPerRow = 4 * outcomes;

interface Small {
  readonly engine: Engine;
  readonly apart: Meter['apart'];
}

let device: GPUDevice;
let counted: Meter;
let whole: Engine;
beforeAll(async () => {
  device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  counted = meter(device);
  whole = await openEngine(await placeFor('webgpu'));
  return () => {
    whole.dispose();
    device.destroy();
  };
});

const opened: Engine[] = [];
async function open(memoryBudget: number): Promise<Small> {
  counted.restart();
  const engine = await openEngine({ device, memoryBudget });
  opened.push(engine);
  return { engine, apart: counted.apart };
}

/** Whatever a test did: the engine counts what there is, no more was ever there than the budget, and nothing is left. */
afterEach(async () => {
  for (const engine of opened.splice(0)) {
    const { budget, used, pooled, buffers } = await engine.memory();
    const [held, most] = [counted.live(), counted.most()];
    await engine[Symbol.asyncDispose]();
    await Promise.resolve();
    expect({ bytes: used + pooled, buffers }).toEqual(held);
    expect(most).toBeLessThanOrEqual(budget);
    expect(counted.live()).toEqual({ bytes: 0, buffers: 0 });
  }
});

const rowsOf = (engine: Engine, rows: number, seed: number, width = outcomes): Tensor => engine.rows(randomRows(rows, width, seed), { outcomes: width, form: 'weights' });
const valuesOf = (engine: Engine, rows: number, seed: number): Tensor => engine.values(randomValues(rows, outcomes, seed), { outcomes });
const bits = (numbers: Float32Array<ArrayBuffer>): Uint32Array => new Uint32Array(numbers.buffer);

describe('computations larger than the budget', () => {
  const many = slow ? 900 : 1500; // rows of 256 bytes
  /** With the budget in KiB, and the fewest blocks. Products are narrow, so that their tiles do not depend on the block. */
  const computations: [name: string, make: (engine: Engine) => Tensor, budget: number, least: number][] = [
    ['a divergence of rows', (engine) => klDivergence(rowsOf(engine, many, 1), rowsOf(engine, many, 2)), 96, 3],
    ['a chain of steps', (engine) => {
      let w = probabilities(rowsOf(engine, many, 1));
      for (let step = 0; step < 6; step++) w = mirrorDescentStep(w, valuesOf(engine, many, 10 + step), { stepSize: 0.1 });
      return hellingerDistance(w, rowsOf(engine, 1, 3));
    }, 96, 4],
    ['a chain whose result is large', (engine) => mirrorDescentStep(rowsOf(engine, many, 1), valuesOf(engine, 1, 2), { stepSize: 0.1 }), 96, 4],
    ['all pairs', (engine) => divergenceMatrix(rowsOf(engine, 180, 1), rowsOf(engine, 200, 2), { divergence: totalVariationDistance }), 96, 3],
    ['all pairs by a product', (engine) => alphaDivergenceMatrix(rowsOf(engine, 24, 1, 16), rowsOf(engine, 900, 2, 16), { alpha: 0.5 }), 96, 4],
    ['a fold of all pairs', (engine) => nearest(rowsOf(engine, 20, 1), rowsOf(engine, many, 2), { k: 2, divergence: totalVariationDistance }), 96, 4],
    ['components that every row needs', (engine) => {
      const objective = { kind: 'alphaDivergence', alpha: -1, targets: rowsOf(engine, 300, 1), components: rowsOf(engine, 12, 2) } as const;
      return mirrorDescent(rowsOf(engine, 1, 3, 12), objective, { stepSize: 0.1, steps: 1 });
    }, 96, 2],
  ];
  test.each(computations)('%s', async (_, make, budget, least) => {
    const { engine } = await open(budget * kib);
    const result = make(engine);
    const [got, expected] = await Promise.all([result.read(), make(whole).read()]);
    expect(bits(got)).toEqual(bits(expected));
    expect(result.report.chunks).toBeGreaterThanOrEqual(least);
    expect(result.report.chunks).toBeLessThan(60);
    expect(result.report.backend).toBe('webgpu');
  });

  test('put together in one buffer', async () => {
    const { engine, apart } = await open(256 * kib);
    const make = (each: Engine): Tensor => mirrorDescentStep(rowsOf(each, 600, 1), valuesOf(each, 600, 2), { stepSize: 0.1 });
    const result = make(engine);
    const downloaded = (buffer: GPUBuffer): Promise<Float32Array<ArrayBuffer>> => apart(() => download(device, buffer));
    expect(bits(await downloaded(await result.buffer() as unknown as GPUBuffer))).toEqual(bits(await make(whole).read()));
    expect(result.report.chunks).toBeGreaterThan(1);
  });

  test('a bad row is found in whatever block it is', async () => {
    const { engine } = await open(96 * kib);
    const data = randomRows(1000, outcomes, 1);
    data[777 * outcomes + 5] = -1;
    const p = engine.rows(data, { outcomes, form: 'weights' });
    await expectFailure(() => klDivergence(p, rowsOf(engine, 1, 2)).read(), DomainError, 'domain', { operation: 'klDivergence', argument: 'p', row: 777, got: '-1 at outcome 5' });
  });

  test('at the same time', async () => {
    const { engine } = await open(256 * kib);
    const make = (each: Engine, seed: number): Tensor => mirrorDescentStep(rowsOf(each, 300, seed), valuesOf(each, 1, 2), { stepSize: 0.1 });
    const seeds = Array.from({ length: slow ? 4 : 12 }, (_, k) => k);
    const results = await Promise.all(seeds.map((seed) => make(engine, seed).read()));
    const expected = await Promise.all(seeds.map((seed) => make(whole, seed).read()));
    results.forEach((result, k) => expect(bits(result)).toEqual(bits(expected[k]!)));
  });
});

describe('tensors give way', () => {
  const rows = 300; // 75 KiB
  const stepOf = (engine: Engine, seed: number): Tensor => mirrorDescentStep(rowsOf(engine, rows, seed), valuesOf(engine, 1, 2), { stepSize: 0.1 });
  const size = rows * bytesPerRow;

  test('results to the host and back, with the same bits', async () => {
    const { engine } = await open(600 * kib);
    const results = [1, 2, 3, 4, 5, 6].map((seed) => stepOf(engine, seed));
    const numbers: Uint32Array[] = [];
    for (const result of results) numbers.push(bits(await result.read()));
    const { spilled } = await engine.memory();
    expect(spilled).toBeGreaterThanOrEqual(size);
    expect(spilled % size).toBe(0);
    const first = results[0]!;
    expect(bits(await first.read())).toEqual(numbers[0]);
    expect(first.report).toMatchObject({ dispatches: 0, bytesUp: 0, bytesDown: 0 }); // it is on the host
    const from = hellingerDistance(first, results[5]!); // up again, not made again
    const made = await from.read();
    expect(from.report).toMatchObject({ dispatches: 1, bytesUp: size });
    expect(made).toEqual(await hellingerDistance(stepOf(whole, 1), stepOf(whole, 6)).read());
  });

  test('those first that were used longest ago, and a result is copied only once', async () => {
    const { engine } = await open(600 * kib);
    const results = [1, 2].map((seed) => stepOf(engine, seed));
    for (const result of results) await result.read();
    const crowd = async (seed: number): Promise<void> => {
      using other = rowsOf(engine, rows, seed);
      using distance = hellingerDistance(other, other);
      await distance.read();
    };
    const isThere = async (tensor: Tensor): Promise<boolean> => {
      await tensor.read();
      return tensor.report.bytesDown > 0;
    };
    expect((await engine.memory()).spilled).toBe(0);
    const more: Tensor[] = [];
    for (let seed = 10; (await engine.memory()).spilled === 0 && seed < 20; seed++) {
      expect(await isThere(results[1]!)).toBe(true);
      const one = rowsOf(engine, rows, seed);
      more.push(one);
      await hellingerDistance(one, one).read();
    }
    expect((await engine.memory()).spilled).toBe(size); // one of the two
    expect(await isThere(results[1]!)).toBe(true);
    expect(await isThere(results[0]!)).toBe(false);
    await hellingerDistance(results[0]!, results[1]!).read();
    for (let seed = 30; seed < 34; seed++) await crowd(seed);
    expect((await engine.memory()).spilled).toBeLessThanOrEqual(2 * size);
    results[0]!.dispose();
    results[1]!.dispose();
    await hellingerDistance(more[0]!, more[1]!).read();
    expect((await engine.memory()).spilled).toBe(0);
  });

  test('but not those whose buffers the caller has', async () => {
    const { engine, apart } = await open(400 * kib);
    const pinned = stepOf(engine, 1);
    const buffer = await pinned.buffer() as unknown as GPUBuffer;
    for (let seed = 10; seed < 16; seed++) await stepOf(engine, seed).read();
    expect(await pinned.buffer()).toBe(buffer);
    expect(bits(await apart(() => download(device, buffer)))).toEqual(bits(await stepOf(whole, 1).read()));
    const others = [2, 3, 4, 5, 6].map((seed) => stepOf(engine, seed));
    const error = await expectFailure(async () => { for (const other of others) await other.buffer(); }, LimitExceededError, 'limit-exceeded', { operation: 'tensor.buffer' });
    expect(error.got).toBe(`${size} bytes`);
    others[0]!.dispose();
    expect((await others.at(-1)!.read()).length).toBe(rows * outcomes);
  });

  test("and the caller's own buffers do not count", async () => {
    const { engine, apart } = await open(64 * kib);
    const data = randomRows(1000, outcomes, 1);
    const buffer = apart(() => device.createBuffer({ size: data.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC }));
    device.queue.writeBuffer(buffer, 0, data);
    const p = engine.rows(buffer, { outcomes, form: 'weights' });
    const q = rowsOf(engine, 1, 2);
    expect(await klDivergence(p, q).read()).toEqual(await klDivergence(whole.rows(data, { outcomes, form: 'weights' }), rowsOf(whole, 1, 2)).read());
    expect(await p.read()).toEqual(data);
    buffer.destroy();
  });
});

test('a row larger than the budget is taken nevertheless', async () => {
  const width = 40_000; // 156 KiB
  using engine = await openEngine({ device, memoryBudget: 64 * kib });
  const make = (each: Engine): Tensor => klDivergence(rowsOf(each, 3, 1, width), rowsOf(each, 3, 2, width));
  const result = make(engine);
  expect(await result.read()).toEqual(await make(whole).read());
  expect(result.report).toMatchObject({ backend: 'webgpu', chunks: 3 });
});

test('the budget is a number of bytes', async () => {
  for (const memoryBudget of [0, -1, 1000, Number.NaN, Infinity, '1 GB' as unknown as number]) {
    await expectFailure(() => openEngine({ memoryBudget }), DomainError, 'domain', { operation: 'openEngine', argument: 'memoryBudget' });
  }
  using engine = await openEngine({ device });
  expect(await engine.memory()).toEqual({ budget: 2 * device.limits.maxBufferSize, used: 0, pooled: 0, buffers: 0, spilled: 0 });
  using cpu = await openEngine({ backend: 'cpu', memoryBudget: 10 ** 6 });
  expect(await cpu.memory()).toEqual({ budget: 0, used: 0, pooled: 0, buffers: 0, spilled: 0 });
});
