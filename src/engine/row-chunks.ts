import { Cursor, isSource, type Source } from './cursor.ts';
import { LimitExceededError, ShapeError, shown } from './errors.ts';
import { taken } from './parameters.ts';
import { ownMemory, type Storage } from './storage.ts';
import { isGone, typedArrayName, viewOf } from './tags.ts';

export interface RowChunkOptions<S extends Storage = Storage> {
  /** The length of a row. */
  readonly outcomes: number;
  /** 'f32' (default), or 'f16' for halves, whose bits come out. */
  readonly storage?: S;
  /** Rows of every chunk but the last one; as many as 4 MiB hold, unless given. */
  readonly rowsPerChunk?: number;
}

/** Numbers of whole rows, as engine.rows takes them with the same options. */
type Chunk<S extends Storage> = S extends 'f16' ? Uint16Array<ArrayBuffer> : Float32Array<ArrayBuffer>;

const chunkBytes = 2 ** 22;
const arrays = { f32: Float32Array, f16: Uint16Array } as const;
const operation = 'rowChunks';

/**
 * Cuts bytes into chunks of whole rows for `engine.stream`: little-endian f32 or f16, in pieces of any length, as files and bodies of fetch give them, or in one
 * array, such as a Buffer.
 * The row r of all is the row r mod rowsPerChunk of chunk ⌊r / rowsPerChunk⌋. A ShapeError, after the last whole row, if bytes are left over.
 *
 * @example
 * const file = new Blob([new Float32Array([0.5, 0.5, 0.9, 0.1, 1, 0])]);
 * for await (const rows of rowChunks(file.stream(), { outcomes: 2, rowsPerChunk: 2 })) console.log(rows.length / 2); // 2, then 1
 */
export function rowChunks<S extends Storage = 'f32'>(bytes: Source<Uint8Array> | Uint8Array, options: RowChunkOptions<S>): AsyncIterableIterator<Chunk<S>> {
  const { rowBytes, size, storage } = checked(bytes, options);
  const pieces = new Cursor<unknown>(typedArrayName(bytes) === undefined ? bytes : [bytes]);
  const chunks = cut(pieces, rowBytes, size, (chunk, filled) => new arrays[storage](chunk.buffer, 0, filled / arrays[storage].BYTES_PER_ELEMENT) as Chunk<S>);
  return {
    next: () => chunks.next(),
    return: async () => {
      await pieces.close(); // which a generator would put off until the piece that it waits for has come
      return chunks.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* cut<T>(pieces: Cursor<unknown>, rowBytes: number, size: number, numbersOf: (chunk: Uint8Array<ArrayBuffer>, filled: number) => T): AsyncGenerator<T, void, undefined> {
  let [chunk, filled] = [roomOf(size), 0];
  try {
    for (let step = await pieces.next(); !step.done; step = await pieces.next()) {
      const piece = bytesOfPiece(step.value);
      for (let from = 0; from < piece.length;) {
        const part = piece.subarray(from, from + size - filled);
        chunk.set(part, filled);
        [from, filled] = [from + part.length, filled + part.length];
        if (filled < size) continue;
        yield numbersOf(chunk, size);
        [chunk, filled] = [roomOf(size), 0];
      }
    }
    const left = filled % rowBytes;
    if (filled > left) yield numbersOf(chunk, filled - left);
    if (left > 0) throw new ShapeError({ operation, argument: 'bytes', expected: `whole rows of ${rowBytes} bytes`, got: `${left} bytes after the last of them`, remedy: 'See whether the data was cut off, and whether outcomes and storage are right.' });
  } finally {
    await pieces.close();
  }
}

/** Memory for a chunk, which is filled once. */
function roomOf(bytes: number): Uint8Array<ArrayBuffer> {
  try {
    const room = new Uint8Array(bytes);
    ownMemory.add(room.buffer);
    return room;
  } catch (cause) { // a RangeError: longer than arrays may be, or than there is memory for
    throw new LimitExceededError({ operation, argument: 'rowsPerChunk', expected: 'chunks that fit the memory of the host', got: `${bytes} bytes`, remedy: 'Ask for fewer rows a chunk.' }, { cause });
  }
}

function bytesOfPiece(piece: unknown): Uint8Array {
  if (typedArrayName(piece) === 'Uint8Array' && !isGone(piece as Uint8Array)) {
    const { buffer, byteOffset, length } = viewOf(piece as Uint8Array);
    return new Uint8Array(buffer, byteOffset, length); // of a class of its own, such as Buffer, subarray() may do what it likes
  }
  throw new ShapeError({ operation, argument: 'bytes', expected: 'pieces that are Uint8Arrays', got: shown(piece), remedy: 'Pass file.stream(), response.body or the like.' });
}

function checked<S extends Storage>(bytes: unknown, given: RowChunkOptions<S>): { rowBytes: number; size: number; storage: Storage } {
  const wrong = (argument: string, expected: string, got: unknown): ShapeError => new ShapeError({ operation, argument, expected, got: shown(got), remedy: 'Pass rowChunks(file.stream(), { outcomes }) or the like.' });
  const { outcomes, storage = 'f32', rowsPerChunk }: { readonly outcomes?: unknown; readonly storage?: Storage; readonly rowsPerChunk?: unknown } = taken(operation, 'options', given ?? {}, ['outcomes', 'storage', 'rowsPerChunk']);
  const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1;
  if (!isSource(bytes)) throw wrong('bytes', 'a Uint8Array, or an async iterable, an iterable or a ReadableStream of some', bytes);
  if (!isCount(outcomes)) throw wrong('outcomes', 'a whole number of at least 1', outcomes);
  if (!Object.hasOwn(arrays, storage)) throw wrong('storage', '"f32", "f16"', storage);
  if (rowsPerChunk !== undefined && !isCount(rowsPerChunk)) throw wrong('rowsPerChunk', 'a whole number of at least 1', rowsPerChunk);
  const rowBytes = outcomes * arrays[storage].BYTES_PER_ELEMENT;
  return { rowBytes, size: rowBytes * (rowsPerChunk ?? Math.max(1, Math.floor(chunkBytes / rowBytes))), storage };
}
