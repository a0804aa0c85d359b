/** Rows stored as f16: the results are those of the same numbers in f32, to the last bit. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { apply } from '../../src/engine/operation.ts';
import type { Limits } from '../../src/engine/plan.ts';
import type { Float16ArrayLike } from '../../src/engine/storage.ts';
import { numberOfHalf } from '../../src/engine/storage.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { widening } from '../../src/engine/widening.ts';
import { alphaDivergence, alphaDivergenceMatrix, hellingerDistance, klDivergence, mirrorDescentStep, probabilities } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { expectFailure } from '../failure.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { placeFor } from './place.ts';

const storage = 'f16';
const finite = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);

/** Positive halves over 30 powers of two, every ninth subnormal or zero; as logits also negative ones, some of them −∞. */
function randomHalves(count: number, seed: number, form: DistributionForm = 'weights'): Uint16Array<ArrayBuffer> {
  const uniform = uniformFrom(seed);
  return Uint16Array.from({ length: count }, (_, index) => {
    if (form === 'logits') return index % 11 === 3 ? 0xfc00 : Math.floor(uniform() * 0x4900) | (uniform() < 0.5 ? 0x8000 : 0);
    return Math.floor(uniform() * (index % 9 === 4 ? 0x0400 : 0x7800));
  });
}

const widened = (halves: Uint16Array): Float32Array<ArrayBuffer> => Float32Array.from(halves, numberOfHalf);

test.each([
  [0x0000, 0], [0x8000, -0], [0x0001, 2 ** -24], [0x83ff, -1023 * 2 ** -24], [0x0400, 2 ** -14], [0x3555, 1365 / 4096], [0x3c00, 1], [0xc000, -2], [0x7bff, 65_504],
  [0x7c00, Infinity], [0xfc00, -Infinity], [0x7e00, Number.NaN],
])('the half %i is %d', (bits, expected) => expect(numberOfHalf(bits)).toBe(expected));

const engines: Engine[] = [];
const open = async (limits: Partial<Limits> = {}, regime?: Regime): Promise<Engine> => {
  const engine = await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { limits, ...(regime && { regime }) });
  engines.push(engine);
  return engine;
};
let whole: Engine;
beforeAll(async () => { whole = await open({}, 'lane'); });
afterAll(() => engines.forEach((engine) => engine.dispose()));

test('every finite half is widened exactly on the device', async () => {
  const source = whole.values(finite, { outcomes: 31, storage });
  const result = apply(widening, [source], {});
  expect(await result.read()).toEqual(widened(finite));
  expect(result.report).toMatchObject({ backend: 'webgpu', bytesUp: 2 * finite.length });
});

/** The same divergence of halves and of their numbers in f32. */
async function expectSame(engine: Engine, outcomes: number, rows: readonly [number, number], form: DistributionForm, of: (p: Tensor, q: Tensor) => Tensor, inF32 = engine): Promise<Tensor> {
  const [p, q] = rows.map((count, index) => randomHalves(count * outcomes, 7 + index, form));
  const halves = of(engine.rows(p!, { outcomes, form, storage }), engine.rows(q!, { outcomes, form, storage }));
  const floats = of(inF32.rows(widened(p!), { outcomes, form }), inF32.rows(widened(q!), { outcomes, form }));
  expect(await halves.read()).toEqual(await floats.read());
  expect(halves.report).toMatchObject({ backend: 'webgpu', certificate: { passed: true } });
  return halves;
}

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = regime === 'lane' ? whole : await open({}, regime); });

  test.each([[2, 9, 9], [5, 7, 7], [7, 9, 1], [301, 3, 3]])('divergences of %i outcomes, %i and %i rows', async (outcomes, rowsP, rowsQ) => {
    for (const form of ['weights', 'logits'] as const) {
      const { report } = await expectSame(engine, outcomes, [rowsP, rowsQ], form, (p, q) => alphaDivergence(p, q, { alpha: 0.5 }));
      expect(report.bytesUp).toBe(4 * Math.ceil(rowsP * outcomes / 2) + 4 * Math.ceil(rowsQ * outcomes / 2));
    }
  });
});

test('rows that begin in the middle of a word, cut into chunks', async () => {
  const engine = await open({ maxBufferSize: 8192, maxStorageBufferBindingSize: 256 }, 'lane');
  const cut = await expectSame(engine, 7, [50, 50], 'weights', hellingerDistance, whole);
  expect(cut.report.chunks).toBeGreaterThan(3);
});

test('other operations get them widened', async () => {
  await expectSame(whole, 17, [9, 11], 'weights', (p, q) => alphaDivergenceMatrix(p, q, { alpha: 0.3 }));
  await expectSame(whole, 5, [3, 3], 'logits', (p, q) => klDivergence(probabilities(p), probabilities(q)));
  const [p, v] = [randomHalves(15, 1), randomHalves(15, 2, 'weights')];
  const step = (engine: Engine, halves: boolean): Tensor => (halves
    ? mirrorDescentStep(engine.rows(p, { outcomes: 5, form: 'weights', storage }), engine.values(v, { outcomes: 5, storage }), { stepSize: 2 ** -16 })
    : mirrorDescentStep(engine.rows(widened(p), { outcomes: 5, form: 'weights' }), engine.values(widened(v), { outcomes: 5 }), { stepSize: 2 ** -16 }));
  expect(await step(whole, true).read()).toEqual(await step(whole, false).read());
});

test('halves with f32, and a row used twice', async () => {
  const [p, q] = [randomHalves(21, 3), Float32Array.from({ length: 21 }, (_, k) => k + 0.1)];
  const [halves, floats] = [whole.rows(p, { outcomes: 7, form: 'weights', storage }), whole.rows(widened(p), { outcomes: 7, form: 'weights' })];
  const others = whole.rows(q, { outcomes: 7, form: 'weights' });
  expect(await klDivergence(halves, others).read()).toEqual(await klDivergence(floats, others).read());
  expect(await klDivergence(others, halves).read()).toEqual(await klDivergence(others, floats).read());
  const moved = (p0: Tensor): Tensor => mirrorDescentStep(p0, whole.values(q, { outcomes: 7 }), { stepSize: 0.25 });
  expect(await klDivergence(halves, moved(halves)).read()).toEqual(await klDivergence(floats, moved(floats)).read());
});

test('the CPU, a read of what was given, and a Float16Array', async () => {
  const p = randomHalves(35, 5);
  const cpu = await openEngine({ backend: 'cpu' });
  engines.push(cpu);
  const [halves, floats] = [cpu.rows(p, { outcomes: 5, form: 'weights', storage }), cpu.rows(widened(p), { outcomes: 5, form: 'weights' })];
  expect(halves.storage).toBe('f16');
  expect(await halves.read()).toEqual(widened(p));
  expect(await klDivergence(halves, halves).read()).toEqual(new Float32Array(7));
  expect(await hellingerDistance(halves, probabilities(floats)).read()).toEqual(await hellingerDistance(floats, probabilities(floats)).read());
  const given = float16Array(p.subarray(5));
  const wrapped = whole.rows(given, { outcomes: 5, form: 'weights' });
  expect(wrapped).toMatchObject({ storage: 'f16', shape: [6, 5] });
  expect(await wrapped.read()).toEqual(widened(p.subarray(5)));
  expect(whole.rows(given, { outcomes: 5, form: 'weights', storage })).toMatchObject({ storage: 'f16' });
});

/** A Float16Array of these bits, or where the platform has none its like. */
function float16Array({ buffer, byteOffset, length }: Uint16Array<ArrayBuffer>): Float16ArrayLike {
  type Make = new (buffer: ArrayBuffer, byteOffset: number, length: number) => Float16ArrayLike;
  const here = (globalThis as { Float16Array?: Make }).Float16Array;
  return here ? new here(buffer, byteOffset, length) : { [Symbol.toStringTag]: 'Float16Array', buffer, byteOffset, length };
}

test.each(['webgpu', 'cpu'] as const)('bad rows on %s', async (backend) => {
  const engine = await openEngine(await placeFor(backend));
  engines.push(engine);
  const good = engine.rows(Uint16Array.of(0x3800, 0x3800), { outcomes: 2, storage });
  const bad = engine.rows(Uint16Array.of(0x3800, 0x3800, 0x3c00, 0x8001), { outcomes: 2, storage });
  const sum = engine.rows(Uint16Array.of(0x3800, 0x3810), { outcomes: 2, storage });
  await expectFailure(() => klDivergence(good, bad).read(), DomainError, 'domain', { operation: 'klDivergence', argument: 'q', row: 1, got: `${-(2 ** -24)} at outcome 1` });
  await expectFailure(() => klDivergence(good, sum).read(), DomainError, 'domain', { argument: 'q', row: 0, got: `a sum of ${1 + 2 ** -7}` });
  const none = engine.rows(new Uint16Array(0), { outcomes: 3, storage });
  expect(await klDivergence(none, none).read()).toEqual(new Float32Array(0));
});

test('storage that does not fit the data', async () => {
  const rows = (data: unknown, given: unknown): (() => Tensor) => () => whole.rows(data as Float32Array, { outcomes: 2, storage: given as 'f16' });
  const at = { operation: 'engine.rows', argument: 'data' };
  await expectFailure(rows(new Uint16Array(4), undefined), ShapeError, 'shape', { ...at, got: 'a value of type Uint16Array' });
  await expectFailure(rows(new Float32Array(4), 'f16'), ShapeError, 'shape', { ...at, got: 'a value of type Float32Array' });
  await expectFailure(rows([[0.5, 0.5]], 'f16'), ShapeError, 'shape', at);
  await expectFailure(rows(new Uint16Array(3), 'f16'), ShapeError, 'shape', { ...at, got: '3 numbers' });
  await expectFailure(rows(new Uint16Array(4), 'f8'), DomainError, 'domain', { operation: 'engine.rows', argument: 'storage', expected: '"f32", "f16"' });
});

describe('GPUBuffers', () => {
  let device: GPUDevice;
  beforeAll(async () => { device = await (await navigator.gpu.requestAdapter())!.requestDevice(); });
  afterAll(() => device.destroy());
  const upload = (halves: Uint16Array<ArrayBuffer>): GPUBuffer => {
    const words = new Uint16Array(halves.length + (halves.length % 2));
    words.set(halves);
    const buffer = device.createBuffer({ size: words.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
    device.queue.writeBuffer(buffer, 0, words);
    return buffer;
  };
  const opened = async (limits: Partial<Limits> = {}): Promise<Engine> => {
    const engine = await openEngine({ device }, { limits });
    engines.push(engine);
    return engine;
  };

  test('of halves in, whole and in chunks', async () => {
    const [p, q] = [randomHalves(77 * 7, 1), randomHalves(7, 2)];
    for (const limits of [{}, { maxStorageBufferBindingSize: 256 }]) {
      const engine = await opened(limits);
      const fromBuffer = engine.rows(upload(p), { outcomes: 7, form: 'weights', storage });
      expect(fromBuffer).toMatchObject({ shape: [77, 7], storage: 'f16' });
      const single = engine.rows(q, { outcomes: 7, form: 'weights', storage });
      const d = klDivergence(fromBuffer, single);
      const floats = klDivergence(engine.rows(widened(p), { outcomes: 7, form: 'weights' }), engine.rows(widened(q), { outcomes: 7, form: 'weights' }));
      expect(await d.read()).toEqual(await floats.read());
      expect(d.report.bytesUp).toBe(16);
      expect(await fromBuffer.read()).toEqual(widened(p));
    }
  });

  test.each([{}, { maxStorageBufferBindingSize: 256 }])('of a source out, with the limits %j', async (limits) => {
    const p = randomHalves(77 * 7, 3);
    const engine = await opened(limits);
    const source = engine.rows(p, { outcomes: 7, form: 'weights', storage });
    const buffer = await source.buffer() as unknown as GPUBuffer;
    expect(buffer.size).toBe(2 * p.length + 2);
    expect(await engine.rows(buffer, { outcomes: 7, form: 'weights', storage }).read()).toEqual(widened(p));
  });

  test('of a size that does not fit', async () => {
    const engine = await opened();
    const buffer = device.createBuffer({ size: 8, usage: GPUBufferUsage.STORAGE });
    expect(engine.rows(buffer, { outcomes: 3, storage }).shape).toEqual([1, 3]); // and two bytes to fill the word
    await expectFailure(() => engine.rows(buffer, { outcomes: 5, storage }), ShapeError, 'shape', { expected: 'a size that is a multiple of 10 bytes (rows of 5 f16)', got: '8 bytes' });
  });
});
