import { DomainError, ShapeError, shown } from './errors.ts';
import { isArray, typedArrayName } from './tags.ts';

/** A vector of Apache Arrow's type FixedSizeList by its structure: every list is a row. Of whatever copy or version of the package. */
export interface FixedSizeListLike {
  readonly type: { readonly typeId: number; readonly listSize: number };
  readonly length: number;
  readonly data: readonly object[];
}

/** A run of rows, or of their entries, of which some may be null. */
interface Chunk {
  readonly offset: number;
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array | null;
}

interface ListChunk extends Chunk {
  readonly children: readonly [Chunk & { readonly values: unknown; readonly type: { readonly typeId: number } }];
}

/** Arrow's numbers of types. */
const typeIds = { int: 2, float: 3, fixedSizeList: 16 } as const;

export function isVector(data: unknown): data is { readonly type: { readonly typeId: unknown }; readonly data: readonly unknown[] } {
  const { type, data: chunks } = (typeof data === 'object' && data !== null ? data : {}) as { readonly type?: { readonly typeId?: unknown }; readonly data?: unknown };
  return typeof type?.typeId === 'number' && isArray(chunks);
}

/** The entries of all rows, chunk by chunk, where they lie, and whether they are halves. Throws at the first row that is null or has a null. */
export function chunksOf(operation: string, vector: FixedSizeListLike, outcomes: number): readonly { readonly values: ArrayBufferView; readonly areHalves: boolean }[] {
  const { typeId, listSize } = vector.type;
  if (typeId !== typeIds.fixedSizeList) {
    throw new ShapeError({ operation, argument: 'data', expected: 'an Arrow vector of the type FixedSizeList', got: `one of type ${typeId}`, remedy: 'Cast it to lists of a fixed size, or give the numbers of all rows as a typed array.' });
  }
  if (listSize !== outcomes) {
    throw new ShapeError({ operation, argument: 'data', expected: `lists of ${outcomes} numbers`, got: `lists of ${shown(listSize)}`, remedy: 'Pass { outcomes } as long as the lists are.' });
  }
  let rows = 0;
  return (vector.data as readonly ListChunk[]).map((chunk) => {
    const [entries] = chunk.children;
    const empty = firstNull(chunk);
    if (empty !== undefined) throw nullError(operation, rows + empty, 'null');
    const hole = firstNull(entries);
    if (hole !== undefined) throw nullError(operation, rows + Math.floor(hole / outcomes), `null at outcome ${hole % outcomes}`);
    if (![typeIds.int, typeIds.float].includes(entries.type.typeId as 2 | 3)) throw new ShapeError({ operation, argument: 'data', expected: 'lists of numbers', got: `lists of type ${entries.type.typeId}`, remedy: 'Cast them to 32-bit floats.' });
    rows += chunk.length;
    const values = (entries.values as Float32Array).subarray(0, chunk.length * outcomes); // a slice has its own values; there may be room behind them
    return { values, areHalves: entries.type.typeId === typeIds.float && typedArrayName(values) === 'Uint16Array' };
  });
}

function firstNull({ offset, length, nullCount, nullBitmap }: Chunk): number | undefined {
  if (nullCount === 0 || !nullBitmap) return undefined;
  for (let index = 0; index < length; index++) {
    const bit = offset + index;
    if (((nullBitmap[bit >> 3]! >> (bit & 7)) & 1) === 0) return index;
  }
  return undefined;
}

function nullError(operation: string, row: number, got: string): DomainError {
  return new DomainError({ operation, argument: 'data', row, expected: 'numbers', got, remedy: 'Filter out the nulls, or fill them, before the vector is wrapped.' });
}
