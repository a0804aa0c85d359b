import * as arrow from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { klDivergence, openEngine, rowChunks } from '../../src/index.ts';
import { expectFailure, thrownBy } from '../failure.ts';
import { placeFor } from './place.ts';
import { randomRows } from './random-rows.ts';

const outcomes = 6;
const rows = 50;
const data = randomRows(rows, outcomes, 1);
const bytes = new Uint8Array(data.buffer);

/** Cuts bytes where rows, numbers and words are cut too. */
function* pieces(of: Uint8Array<ArrayBuffer>, lengths = [1, 7, 0, 100, 24, 23]): Generator<Uint8Array<ArrayBuffer>> {
  for (let [from, turn] = [0, 0]; from < of.length; from += lengths[turn++ % lengths.length]!) yield of.subarray(from, from + lengths[turn % lengths.length]!);
}

async function all<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const part of parts) list.push(part);
  return list;
}

const sources: [string, () => Promise<Iterable<Uint8Array> | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>>][] = [
  ['pieces of any length', async () => pieces(bytes)],
  ['one piece', async () => [bytes]],
  ['pieces that lie anywhere in their buffers', async () => [...pieces(bytes)].map((piece) => Uint8Array.from([9, ...piece]).subarray(1))],
  ['a File', async () => new File([bytes], 'rows.f32').stream()],
  ['the body of a Response', async () => new Response(bytes).body!],
  ['the body of a Response that comes in pieces', async () => new Response(streamOf([...pieces(bytes)])).body!],
  ['the body of a fetch', async () => (await fetch(URL.createObjectURL(new Blob([bytes])))).body!],
];

test.each(sources)('cuts %s into whole rows', async (_, source) => {
  const chunks = await all(rowChunks(await source(), { outcomes, rowsPerChunk: 8 }));
  expect(chunks.map(({ length }) => length / outcomes)).toEqual([8, 8, 8, 8, 8, 8, 2]);
  expect(chunks.every((chunk) => chunk instanceof Float32Array)).toBe(true);
  expect(chunks.flatMap((chunk) => [...chunk])).toEqual([...data]);
});

test('cuts halves', async () => {
  const halves = Uint16Array.from({ length: 5 * 3 }, (_, k) => 0x3800 + k);
  const chunks = await all(rowChunks([new Uint8Array(halves.buffer)], { outcomes: 3, storage: 'f16', rowsPerChunk: 2 }));
  expect(chunks).toEqual([halves.subarray(0, 6), halves.subarray(6, 12), halves.subarray(12)]);
});

test('chunks have 4 MiB, or one row where that is longer', async () => {
  const part = new Uint8Array(2 ** 20);
  const lengths = async (width: number): Promise<number[]> => (await all(rowChunks([part, part, part, part, part, part], { outcomes: width }))).map(({ byteLength }) => byteLength);
  expect(await lengths(1024)).toEqual([4 * 2 ** 20, 2 * 2 ** 20]);
  expect(await lengths(3 * 2 ** 18)).toEqual([3 * 2 ** 20, 3 * 2 ** 20]);
  expect(await lengths(3 * 2 ** 19)).toEqual([6 * 2 ** 20]);
});

test('no bytes give no chunks', async () => {
  expect(await all(rowChunks([], { outcomes }))).toEqual([]);
  expect(await all(rowChunks([new Uint8Array()], { outcomes }))).toEqual([]);
});

test('bytes that are left over are an error, after the whole rows', async () => {
  const chunks: number[] = [];
  await expectFailure(async () => {
    for await (const chunk of rowChunks(pieces(bytes.subarray(0, 21 * 4 * outcomes + 5)), { outcomes, rowsPerChunk: 8 })) chunks.push(chunk.length / outcomes);
  }, ShapeError, 'shape', { operation: 'rowChunks', argument: 'bytes', expected: 'whole rows of 24 bytes', got: '5 bytes after the last of them' });
  expect(chunks).toEqual([8, 8, 5]);
});

test('bad arguments are errors at once, bad pieces when they come', async () => {
  for (const source of [undefined, {}, 7]) await expectFailure(() => rowChunks(source as never, { outcomes }), ShapeError, 'shape', { argument: 'bytes' });
  for (const wrong of [undefined, 0, 1.5, '8']) await expectFailure(() => rowChunks([], { outcomes: wrong as never }), ShapeError, 'shape', { argument: 'outcomes' });
  for (const wrong of [0, -1, 1.5, NaN]) await expectFailure(() => rowChunks([], { outcomes, rowsPerChunk: wrong }), ShapeError, 'shape', { argument: 'rowsPerChunk' });
  await expectFailure(() => rowChunks([], { outcomes, storage: 'f64' as never }), ShapeError, 'shape', { argument: 'storage' });
  await expectFailure(() => rowChunks([], undefined as never), ShapeError, 'shape', { argument: 'outcomes' });
  await expectFailure(() => all(rowChunks([data as never], { outcomes })), ShapeError, 'shape', { argument: 'bytes', got: 'a value of type Float32Array' });
});

test('breaking off closes the source', async () => {
  const cancelled: unknown[] = [];
  const endless = new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(bytes), cancel: (reason) => void cancelled.push(reason) });
  for await (const chunk of rowChunks(endless, { outcomes, rowsPerChunk: 3 })) {
    expect(chunk.length).toBe(3 * outcomes);
    break;
  }
  expect(cancelled.length).toBe(1);
  const error = new Error('the source fails');
  const broken = new ReadableStream<Uint8Array>({ pull: (to) => to.error(error) });
  expect(await thrownBy(() => all(rowChunks(broken, { outcomes })))).toBe(error);
});

describe.each(['webgpu', 'cpu'] as const)('streams on %s', (backend) => {
  test('the bytes of a file', async () => {
    using engine = await openEngine(await placeFor(backend));
    const q = engine.rows(randomRows(1, outcomes, 9), { outcomes, form: 'weights' });
    const chunks = rowChunks(new Blob([bytes]).stream(), { outcomes, rowsPerChunk: 20 });
    const parts = await all(engine.stream(chunks, (chunk) => klDivergence(engine.rows(chunk, { outcomes, form: 'weights' }), q)));
    expect(parts.map(({ length }) => length)).toEqual([20, 20, 10]);
    expect(parts.flatMap((part) => [...part])).toEqual([...await klDivergence(engine.rows(data, { outcomes, form: 'weights' }), q).read()]);
  });

  test('record batches of Arrow, whose numbers are not copied', async () => {
    const listOf = new arrow.FixedSizeList(outcomes, new arrow.Field('item', new arrow.Float32(), false));
    const counts = [20, 0, 30];
    const batches = counts.map((count, index) => {
      const from = counts.slice(0, index).reduce((sum, each) => sum + each, 0);
      const numbers = arrow.makeData({ type: new arrow.Float32(), data: data.slice(from * outcomes, (from + count) * outcomes) });
      return new arrow.RecordBatch({ p: arrow.makeData({ type: listOf, length: count, nullCount: 0, child: numbers }) });
    });
    const ipc = arrow.RecordBatchStreamWriter.writeAll(batches).toUint8Array(true);
    const buffers = new Set<ArrayBufferLike>();

    using engine = await openEngine(await placeFor(backend));
    const q = engine.rows(randomRows(1, outcomes, 9), { outcomes, form: 'weights' });
    const divergence = (batch: arrow.RecordBatch): Tensor => {
      const numbers = batch.getChild('p')!.getChildAt<arrow.Float32>(0)!.toArray() as Float32Array<ArrayBuffer>;
      if (numbers.length > 0) buffers.add(numbers.buffer);
      return klDivergence(engine.rows(numbers, { outcomes, form: 'weights' }), q);
    };
    const parts = await all(engine.stream(arrow.RecordBatchReader.from(ipc) as Iterable<arrow.RecordBatch>, divergence));
    expect(parts.map(({ length }) => length)).toEqual(counts);
    expect(parts.flatMap((part) => [...part])).toEqual([...await klDivergence(engine.rows(data, { outcomes, form: 'weights' }), q).read()]);
    expect([...buffers]).toEqual([ipc.buffer]);

    const ofFetch = await arrow.RecordBatchReader.from(fetch(URL.createObjectURL(new Blob([ipc as Uint8Array<ArrayBuffer>]))));
    expect((await all(engine.stream(ofFetch as AsyncIterable<arrow.RecordBatch>, divergence))).flatMap((part) => [...part])).toEqual(parts.flatMap((part) => [...part]));
  });
});

function streamOf(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = [...parts];
  return new ReadableStream({
    pull(to) {
      const next = rest.shift();
      if (next) to.enqueue(next);
      else to.close();
    },
  });
}
