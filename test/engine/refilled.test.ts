/** Sources of streams that fill the same memory again and again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, LimitExceededError, ShapeError } from '../../src/engine/errors.ts';
import type { RowData } from '../../src/engine/sources.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { klDivergence, rowChunks } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { expectFailure } from '../failure.ts';
import { placeFor } from './place.ts';

const [outcomes, rows, chunks] = [3, 50, 6];
const numbersOf = (chunk: number): Float32Array<ArrayBuffer> => Float32Array.from({ length: rows * outcomes }, (_, k) => 1 + ((k * 7 + 3 * chunk) % 11) + chunk);

/** What the stream gives of the chunks, and what each chunk gives by itself. */
async function streamed(engine: Engine, source: Iterable<RowData> | AsyncIterable<RowData>, options: object = {}): Promise<[Float32Array[], Float32Array[]]> {
  const q = engine.rows([[1, 2, 3]], { outcomes, form: 'weights' });
  const kl = (chunk: RowData, given = {}): Tensor => klDivergence(engine.rows(chunk, { outcomes, form: 'weights', ...given }), q);
  const got: Float32Array[] = [];
  for await (const numbers of engine.stream(source, (chunk) => kl(chunk, options))) got.push(numbers);
  const expected = await Promise.all(Array.from({ length: chunks }, (_, chunk) => kl(numbersOf(chunk)).read()));
  return [got, expected];
}

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  test('an array', async () => {
    const array = new Float32Array(rows * outcomes);
    const [got, expected] = await streamed(engine, (function* fill() {
      for (let chunk = 0; chunk < chunks; chunk++) {
        array.set(numbersOf(chunk));
        yield array;
      }
    })());
    expect(got).toEqual(expected);
    array.fill(0);
  });

  test('views of one buffer, after a wait, and one that is handed over afterwards', async () => {
    const buffer = new ArrayBuffer(4 * rows * outcomes + 16);
    let last: ArrayBuffer | undefined;
    const [got, expected] = await streamed(engine, (async function* fill() {
      for (let chunk = 0; chunk < chunks; chunk++) {
        if (last) structuredClone(last, { transfer: [last] });
        await new Promise((resolve) => { setTimeout(resolve); });
        const view = chunk % 2 === 0 ? new Float32Array(buffer, 16, rows * outcomes) : new Float32Array(rows * outcomes);
        view.set(numbersOf(chunk));
        last = chunk % 2 === 0 ? undefined : view.buffer;
        yield view;
      }
    })());
    expect(got).toEqual(expected);
  });

  test('chunks that rowChunks cuts out of one array', async () => {
    const whole = Float32Array.from(Array.from({ length: chunks }, (_, chunk) => [...numbersOf(chunk)]).flat());
    const bytes = new Uint8Array(whole.buffer);
    const [got, expected] = await streamed(engine, rowChunks(bytes, { outcomes, rowsPerChunk: rows }));
    expect(got).toEqual(expected);
  });
});

test('a GPUBuffer', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const engine = await openEngine({ device });
  const buffer = device.createBuffer({ size: 4 * rows * outcomes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
  const [got, expected] = await streamed(engine, (function* fill() {
    for (let chunk = 0; chunk < chunks; chunk++) {
      device.queue.writeBuffer(buffer, 0, numbersOf(chunk));
      yield buffer;
    }
  })());
  expect(got).toEqual(expected);
  engine.dispose();
  device.destroy();
});

describe('bytes in one array', () => {
  const numbers = Float32Array.of(1, 2, 3, 4, 5, 6);
  const all = async <T>(chunksOf: AsyncIterable<T>): Promise<T[]> => {
    const items: T[] = [];
    for await (const chunk of chunksOf) items.push(chunk);
    return items;
  };

  test('of any class, from any byte on', async () => {
    class Bytes extends Uint8Array {
      override subarray(): never { throw new TypeError('nobody is to call this'); }
    }
    const shifted = new Uint8Array(25);
    shifted.set(new Uint8Array(numbers.buffer), 1);
    for (const bytes of [new Uint8Array(numbers.buffer), new Bytes(numbers.buffer), shifted.subarray(1)]) {
      expect(await all(rowChunks(bytes, { outcomes: 2, rowsPerChunk: 2 }))).toEqual([numbers.slice(0, 4), numbers.slice(4)]);
    }
    expect(await all(rowChunks(new Uint8Array(0), { outcomes: 2 }))).toEqual([]);
    await expectFailure(() => all(rowChunks(new Uint8Array(9), { outcomes: 2 })), ShapeError, 'shape', { operation: 'rowChunks', argument: 'bytes', got: '1 bytes after the last of them' });
    await expectFailure(() => all(rowChunks(numbers as unknown as Uint8Array, { outcomes: 2 })), ShapeError, 'shape', { operation: 'rowChunks', argument: 'bytes' });
    await expectFailure(() => rowChunks(numbers.buffer as unknown as Uint8Array, { outcomes: 2 }), ShapeError, 'shape', { operation: 'rowChunks', argument: 'bytes' });
  });

  test('chunks that no memory holds', async () => {
    for (const rowsPerChunk of [2 ** 40, 2 ** 52]) {
      await expectFailure(() => all(rowChunks([new Uint8Array(8)], { outcomes: 2, rowsPerChunk })), LimitExceededError, 'limit-exceeded', { operation: 'rowChunks', argument: 'rowsPerChunk' });
    }
    for (const rowsPerChunk of [2n, Symbol('x'), -0, '3', {}]) await expectFailure(() => rowChunks([], { outcomes: 2, rowsPerChunk: rowsPerChunk as number }), ShapeError, 'shape', { argument: 'rowsPerChunk' });
    await expectFailure(() => rowChunks([], { outcomes: 2, storage: Symbol('x') as never }), ShapeError, 'shape', { argument: 'storage' });
    await expectFailure(() => rowChunks([], { outcomes: 2, chunkSize: 4 } as never), DomainError, 'domain', { argument: 'chunkSize' });
  });
});
