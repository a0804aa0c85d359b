import { chunksOf, isVector, type FixedSizeListLike } from './arrow.ts';
import { DomainError, DuallyError, ShapeError, shown } from './errors.ts';
import type { Form } from './forms.ts';
import { allocateResult } from './allocate-result.ts';
import type { Float16ArrayLike, Storage, StoredNumbers } from './storage.ts';
import { isArray, isGone, typedArrayName, viewOf } from './tags.ts';

export interface Wanted {
  readonly outcomes: number;
  readonly storage: Storage;
  readonly form: Form;
}

/**
 * The caller's numbers as they are kept: f32 and halves where they lie, in a view of our own of fixed length, so that a
 * buffer
 * that is cut off later is noticed; what is of another kind is rounded to f32. Undefined of what holds no numbers.
 */
export function numbersIn(
  operation: string,
  data: unknown,
  { outcomes, storage, form }: Wanted,
): StoredNumbers | undefined {
  try {
    if (typedArrayName(data) !== undefined)
      return ofTypedArray(operation, data as ArrayBufferView, storage, form === 'weights');
    if (isFloat16Array(data)) return new Uint16Array(data.buffer as ArrayBuffer, data.byteOffset, data.length);
    if (storage === 'f32' && isArray(data)) return ofRows(operation, data, outcomes);
    if (storage === 'f32' && isVector(data)) return ofVector(operation, data as FixedSizeListLike, outcomes);
    return undefined;
  } catch (error) {
    if (error instanceof DuallyError) throw error;
    throw new DomainError(
      {
        operation,
        argument: 'data',
        expected: 'data that can be read',
        got: 'an object that throws when it is read',
        remedy: 'Give plain arrays or typed arrays.',
      },
      { cause: error },
    ); // of a getter, or of a proxy
  }
}

/** Where the platform has none, by its structure. */
function isFloat16Array(data: unknown): data is Float16ArrayLike {
  return (data as Float16ArrayLike | undefined)?.[Symbol.toStringTag] === 'Float16Array';
}

/** Numbers of 16 bits are counts where weights are asked for; else they may well be halves of which nobody said so. */
function ofTypedArray(
  operation: string,
  data: ArrayBufferView,
  storage: Storage,
  areCounts: boolean,
): StoredNumbers | undefined {
  const name = typedArrayName(data)!;
  if (isGone(data)) {
    throw new ShapeError({
      operation,
      argument: 'data',
      expected: 'numbers',
      got: 'an array whose memory was handed over to others, or cut off',
      remedy: 'Wrap an array before it is handed over, and use its tensor.',
    });
  }
  const { buffer, byteOffset, length } = viewOf(data);
  if (name === 'Float16Array' || (name === 'Uint16Array' && storage === 'f16'))
    return new Uint16Array(buffer, byteOffset, length);
  if (storage === 'f16' || (name === 'Uint16Array' && !areCounts)) return undefined;
  if (name === 'Float32Array') return new Float32Array(buffer, byteOffset, length);
  if (name === 'BigInt64Array' || name === 'BigUint64Array') {
    throw new ShapeError({
      operation,
      argument: 'data',
      expected: 'numbers',
      got: `a ${name}, whose entries are bigints`,
      remedy: 'Convert them with Float64Array.from(data, Number).',
    });
  }
  if (name === 'Uint8Array' && 'readFloatLE' in data) {
    throw new ShapeError({
      operation,
      argument: 'data',
      expected: 'numbers',
      got: 'a Buffer, whose entries are bytes',
      remedy:
        'Wrap the floats that they stand for with ' +
        'new Float32Array(buffer.buffer, buffer.byteOffset, buffer.length / 4), or cut them into rows with rowChunks().',
    });
  }
  // By its numbers, whatever a class that is derived says of them.
  return new Float32Array(data as Float64Array<ArrayBuffer>);
}

function ofRows(operation: string, rows: readonly unknown[], outcomes: number): StoredNumbers {
  const count = rows.length;
  for (let row = 0; row < count; row++) checkRow(operation, rows, row, outcomes);
  const data = allocateResult({ rows: count, width: outcomes, shape: [count, outcomes] });
  for (let row = 0; row < count; row++) {
    const numbers = rows[row] as ArrayLike<unknown>;
    for (let k = 0; k < outcomes; k++) {
      const x = numbers[k];
      if (typeof x !== 'number') {
        throw new DomainError({
          operation,
          argument: 'data',
          row,
          expected: 'numbers',
          got: `${shown(x)} at outcome ${k}`,
          remedy: 'Convert the entries to numbers first.',
        });
      }
      data[row * outcomes + k] = x;
    }
  }
  return data;
}

function checkRow(operation: string, rows: readonly unknown[], row: number, outcomes: number): void {
  const given = rows[row];
  if (!isArray(given) && typedArrayName(given) === undefined) {
    const got = row in rows ? shown(given) : 'a hole in the array';
    throw new ShapeError({
      operation,
      argument: 'data',
      row,
      expected: 'an array of numbers',
      got,
      remedy: 'Give one array for each distribution.',
    });
  }
  const { length } = given as ArrayLike<unknown>;
  if (length !== outcomes)
    throw new ShapeError({
      operation,
      argument: 'data',
      row,
      expected: `${outcomes} numbers`,
      got: `${length}`,
      remedy: 'All rows have the same outcomes.',
    });
}

/** A vector in one piece is read where it lies. */
function ofVector(operation: string, vector: FixedSizeListLike, outcomes: number): StoredNumbers {
  const parts = chunksOf(operation, vector, outcomes).map(({ values, areHalves }) =>
    ofTypedArray(operation, values, areHalves ? 'f16' : 'f32', true)!,
  );
  if (parts.length === 1) return parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.length, 0) / outcomes;
  const whole =
    parts[0] instanceof Uint16Array
      ? new Uint16Array(rows * outcomes)
      : allocateResult({ rows, width: outcomes, shape: [rows, outcomes] });
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
