/** What data may be given as: kinds of arrays, arrays of other realms, vectors of Arrow; and what becomes of them later. */
import { FixedSizeList, Field, Float16, Float32, Float64, Int32, RecordBatchReader, Table, tableToIPC, Utf8, vectorFromArray, type Vector } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { RowData } from '../../src/engine/sources.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { entropy, klDivergence } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { expectFailure } from '../failure.ts';
import { placeFor } from './place.ts';
import { otherRealm } from './realm.ts';

const counts = [3, 1, 4, 1, 5, 9];
const outcomes = 3;

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  let q: Tensor;
  let expected: Float32Array;
  beforeAll(async () => {
    engine = await openEngine(await placeFor(backend));
    q = engine.rows([[1, 1, 1]], { outcomes, form: 'weights' });
    expected = await klDivergence(weights(Float32Array.from(counts)), q).read();
  });
  afterAll(() => engine.dispose());

  const weights = (data: RowData): Tensor => engine.rows(data, { outcomes, form: 'weights' });
  const numbersOf = (data: unknown): Promise<Float32Array> => klDivergence(weights(data as RowData), q).read();

  test.each([Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array])('%o', async (kind) => {
    expect(await numbersOf(kind.from(counts))).toEqual(expected);
    expect(await numbersOf([kind.from(counts.slice(0, 3)), counts.slice(3)])).toEqual(expected);
    const within = new Uint8Array(kind.BYTES_PER_ELEMENT * 8);
    const part = new kind(within.buffer, kind.BYTES_PER_ELEMENT, 6);
    part.set(counts);
    expect(await numbersOf(part)).toEqual(expected);
  });

  test('classes of their own', async () => {
    class Mine extends Float32Array {
      override get length(): number { return 3; }
      // @ts-expect-error the same
      override get [Symbol.toStringTag](): string { return 'Mine'; }
      override subarray(): never { throw new TypeError('nobody is to call this'); }
      static get [Symbol.species](): never { throw new TypeError('nobody is to ask for this'); }
    }
    expect(await numbersOf(new Mine(counts))).toEqual(expected);
    expect(await numbersOf(Object.freeze(counts.map((_, k) => counts.slice(k, k + 3)).filter((_, k) => k % 3 === 0)))).toEqual(expected);
  });

  test('another realm', async () => {
    const there = await otherRealm();
    for (const kind of ['Float32Array', 'Float64Array', 'Uint8Array', 'Int32Array', 'Uint32Array'] as const) expect(await numbersOf(there[kind].from(counts))).toEqual(expected);
    expect(await numbersOf(new Float32Array(Object.assign(new there.ArrayBuffer(24), {}), 0, 6).fill(1))).toEqual(new Float32Array(2));
    const rows = there.Array.of<ArrayLike<number>>(there.Array.from(counts.slice(0, 3)), there.Float64Array.from(counts.slice(3)));
    expect(await numbersOf(rows)).toEqual(expected);
    const options = Object.assign(new there.Object(), { outcomes, form: 'weights' as const });
    expect(await klDivergence(engine.rows(there.Float32Array.from(counts), options), q).read()).toEqual(expected);
    const halves = there.Uint16Array.of(0x4200, 0x3c00, 0x4400);
    expect(await klDivergence(engine.rows(halves, { outcomes, form: 'weights', storage: 'f16' }), q).read()).toEqual(expected.slice(0, 1));
    await expectFailure(() => weights(new there.BigInt64Array(3) as unknown as RowData), ShapeError, 'shape', { got: 'a BigInt64Array, whose entries are bigints' });
    if ('AbortController' in there) {
      const control = new there.AbortController();
      const reading = klDivergence(weights(there.Float32Array.from(counts)), q).read({ signal: control.signal });
      control.abort(new there.Error('enough'));
      await expect(reading).rejects.toBe(control.signal.reason);
    }
    const chunks = there.Array.of(there.Promise.resolve(there.Float32Array.from(counts)));
    for await (const numbers of engine.stream(chunks, (chunk) => klDivergence(weights(chunk), q))) expect(numbers).toEqual(expected);
  });

  const refused: [string, () => unknown, object][] = [
    ['bigints', () => new BigUint64Array(3), { got: 'a BigUint64Array, whose entries are bigints', remedy: 'Convert them with Float64Array.from(data, Number).' }],
    ['a Buffer of Node', () => Object.assign(new Uint8Array(24), { readFloatLE: () => 0 }), { got: 'a Buffer, whose entries are bytes' }],
    ['a DataView', () => new DataView(new ArrayBuffer(24)), { got: 'a value of type DataView' }], ['memory', () => new ArrayBuffer(24), { got: 'a value of type ArrayBuffer' }],
    ['a proxy of a typed array', () => new Proxy(new Float32Array(6), {}), { got: 'a proxy of one' }], ['text', () => 'abcdef', { got: '"abcdef"' }], ['a symbol', () => Symbol('x'), {}],
    ['a tensor', () => q, { got: 'a tensor' }], ['what looks like an array', () => ({ length: 1, 0: [1, 1, 1] }), {}],
    ['arguments', () => Reflect.apply(function of() { return arguments; }, undefined, [[1, 1, 1]]) as unknown, {}], // eslint-disable-line prefer-rest-params
    ['a hole', () => { const rows: number[][] = []; rows[0] = [1, 1, 1]; rows[2] = [1, 1, 1]; return rows; }, { row: 1, got: 'a hole in the array' }],
    ['nothing but holes', () => Array.from({ length: 0 }).concat(new Array(3)), { row: 0, got: 'a hole in the array' }],
    ['undefined', () => [[1, 1, 1], undefined], { row: 1, got: 'undefined' }], ['null', () => [null], { row: 0, got: 'null' }], ['words', () => [[1, 1, 1], 'abc'], { row: 1, got: '"abc"' }],
    ['a row of memory', () => [new DataView(new ArrayBuffer(3))], { row: 0, got: 'a value of type DataView' }],
  ];
  test.each(refused)('%s', async (_, data, facts) => {
    await expectFailure(() => weights(data() as RowData), ShapeError, 'shape', { operation: 'engine.rows', argument: 'data', ...facts });
    await expectFailure(() => engine.values(data() as RowData, { outcomes }), ShapeError, 'shape', { operation: 'engine.values', argument: 'data', ...facts });
  });

  test('entries that are no numbers', async () => {
    const holed: number[] = [];
    [holed[0], holed[2]] = [1, 3];
    for (const entry of [holed, [1, undefined, 3], [1, '2', 3], [1, null, 3], [1, 2n, 3], [1, Symbol('x'), 3], [1, [2], 3]]) {
      await expectFailure(() => weights([[1, 1, 1], entry as number[]]), DomainError, 'domain', { operation: 'engine.rows', row: 1, expected: 'numbers', got: expect.stringContaining('at outcome 1') });
    }
    const angry = [[1, 1, 1]];
    Object.defineProperty(angry, 1, { get: () => { throw new RangeError('no'); }, enumerable: true });
    const { proxy, revoke } = Proxy.revocable([1, 1, 1], {});
    revoke();
    await expectFailure(() => weights(angry), DomainError, 'domain', { operation: 'engine.rows', got: 'an object that throws when it is read' });
    await expectFailure(() => weights([proxy]), ShapeError, 'shape', { row: 0 });
    await expectFailure(() => weights(proxy as unknown as RowData), DomainError, 'domain', {});
  });

  test('lengths that no array can have', async () => {
    for (const many of [2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, 1e300]) await expectFailure(() => engine.rows([[1, 1]], { outcomes: many }), ShapeError, 'shape', { row: 0 });
    for (const none of [2n, -0, Symbol('x'), [3], {}]) await expectFailure(() => engine.rows([[1, 1]], { outcomes: none as number }), ShapeError, 'shape', { argument: 'outcomes' });
  });

  const gone = { operation: 'tensor.read', expected: 'data that is still there' };
  test('a buffer that becomes shorter', async () => {
    const buffer = new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer & { resize(size: number): void })(24, { maxByteLength: 48 });
    const numbers = new Float32Array(buffer); // which has as many numbers as the buffer
    numbers.set(counts);
    const kl = klDivergence(weights(numbers), q);
    buffer.resize(48);
    expect(await kl.read()).toEqual(expected);
    const again = klDivergence(weights(new Float32Array(buffer, 0, 6)), q);
    buffer.resize(20);
    await expectFailure(() => again.read(), DomainError, 'domain', gone);
    const view = new Float32Array(buffer, 12, 1);
    buffer.resize(8);
    await expectFailure(() => weights(view), ShapeError, 'shape', { argument: 'data' });
  });

  test('memory of WebAssembly that has grown, and memory that was handed over', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 3 });
    const numbers = new Float32Array(memory.buffer, 16, 6);
    numbers.set(counts);
    const kl = klDivergence(weights(numbers), q);
    expect(await kl.read()).toEqual(expected);
    const fresh = klDivergence(weights(numbers), q);
    memory.grow(1);
    await expectFailure(() => fresh.read(), DomainError, 'domain', gone);
    const given = Float32Array.from(counts);
    const other = klDivergence(weights(given), q);
    structuredClone(given, { transfer: [given.buffer] });
    await expectFailure(() => other.read(), DomainError, 'domain', gone);
    await expectFailure(() => weights(given), ShapeError, 'shape', { argument: 'data' });
  });

  test('an array that is handed over in the middle of a read', async () => {
    const rows = 30_000;
    const given = new Float32Array(rows * outcomes).fill(1);
    const reading = entropy(weights(given)).read().then(() => 'read', (error: unknown) => error);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => { setTimeout(resolve); });
    structuredClone(given, { transfer: [given.buffer] });
    const outcome = await reading; // it may have been done with the array by then
    if (outcome !== 'read') expect(outcome, (outcome as Error).stack).toMatchObject({ code: 'domain', expected: 'data that is still there' });
  });

  describe('vectors of Arrow', () => {
    const listOf = (type: Float16 | Float32 | Float64 | Int32, size = outcomes): FixedSizeList => new FixedSizeList(size, new Field('p', type));
    const rows = [counts.slice(0, 3), counts.slice(3)];

    test.each([['halves', Float16], ['single', Float32], ['double', Float64], ['integers', Int32]] as const)('of %s', async (_, Type) => {
      const vector = vectorFromArray([...rows, [7, 7, 7]], listOf(new Type()));
      expect(await numbersOf(vector.slice(0, 2))).toEqual(expected);
      expect(await numbersOf(vector.slice(1, 2))).toEqual(expected.slice(1));
      expect(await numbersOf(vector.slice(1, 2).concat(vector.slice(0, 2)))).toEqual(Float32Array.of(expected[1]!, ...expected));
      expect(await numbersOf(vector.slice(3))).toEqual(new Float32Array(0));
    });

    test('of record batches, chunk by chunk', async () => {
      const table = new Table({ p: vectorFromArray(rows, listOf(new Float32())) });
      const got: number[] = [];
      for await (const numbers of engine.stream(RecordBatchReader.from(tableToIPC(table.concat(table))), (batch) => klDivergence(weights(batch.getChild('p')!), q))) got.push(...numbers);
      expect(got).toEqual([...expected, ...expected]);
    });

    test('with nulls, of other lengths and of other types', async () => {
      const vector: Vector<FixedSizeList> = vectorFromArray([[1, 2, 3], null, [1, 2, 3]], listOf(new Float32()));
      await expectFailure(() => weights(vector), DomainError, 'domain', { row: 1, got: 'null' });
      await expectFailure(() => weights(vector.slice(2).concat(vector)), DomainError, 'domain', { row: 2, got: 'null' });
      expect(await numbersOf(vector.slice(2))).toEqual(await numbersOf([[1, 2, 3]]));
      await expectFailure(() => weights(vectorFromArray([[1, 2, 3], [1, null, 3]], listOf(new Float32()))), DomainError, 'domain', { row: 1, got: 'null at outcome 1' });
      await expectFailure(() => weights(vectorFromArray([[1, 2]], listOf(new Float32(), 2))), ShapeError, 'shape', { expected: 'lists of 3 numbers', got: 'lists of 2' });
      await expectFailure(() => weights(vectorFromArray(Float32Array.of(1, 2, 3)) as unknown as RowData), ShapeError, 'shape', { expected: 'an Arrow vector of the type FixedSizeList' });
      await expectFailure(() => weights(vectorFromArray([['a', 'b', 'c']], new FixedSizeList(3, new Field('p', new Utf8())))), ShapeError, 'shape', {});
    });
  });
});

test('proxies of tensors, which keepers of state make only of plain objects', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  expect([engine, p].map((each) => Object.prototype.toString.call(each))).toEqual(['[object Engine]', '[object Tensor]']);
  const proxy = new Proxy(p, {});
  await expectFailure(() => klDivergence(proxy, p), ShapeError, 'shape', { argument: 'p', got: 'a tensor of another copy of dually, or a proxy of one' });
  for (const verb of ['read', 'buffer'] as const) await expectFailure(() => proxy[verb](), DomainError, 'domain', { operation: `tensor.${verb}`, got: 'a proxy of one' });
  expect(() => { (p.shape as number[])[0] = 5; }).toThrow(TypeError);
});

test('a tensor of another copy of the package, and a promise, are called by their names', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  const { host, shape, form, origin } = p;
  await expectFailure(() => klDivergence({ host, shape, form, origin } as unknown as Tensor, p), ShapeError, 'shape', { argument: 'p', got: 'a tensor of another copy of dually, or a proxy of one' });
  await expectFailure(() => klDivergence(p, Promise.resolve(p) as unknown as Tensor), ShapeError, 'shape', { argument: 'q', got: 'a promise', remedy: 'Await it first.' });
});
