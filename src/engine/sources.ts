import { DomainError, ShapeError, shown } from './errors.ts';
import { distributionForms, type DistributionForm } from './forms.ts';
import { isGpuBuffer, usage, type GpuBufferLike } from './gpu-types.ts';
import { bytesOf, perWord, type Storage, type StoredNumbers } from './storage.ts';

/** A Float16Array by its structure, since not every platform has one. */
export interface Float16ArrayLike {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly length: number;
}

/** What the caller may give: rows one after the other, an array of rows, or rows in a GPUBuffer; with storage: 'f16' also the bits of halves. */
export type RowData = Float32Array | Float64Array | Float16ArrayLike | Uint16Array | readonly (readonly number[])[] | GpuBufferLike;

export interface ValueOptions {
  /** The length of a row. */
  readonly outcomes: number;
  /** Says that a Uint16Array or a GPUBuffer holds halves, two a word. */
  readonly storage?: Storage;
  /**
   * Hands a Float32Array or halves over to the worker of an engine of `dually/worker` rather than a copy: the whole buffer that
   * they lie in is empty afterwards. An engine of this thread reads them where they lie.
   */
  readonly transfer?: boolean;
}

export interface RowOptions extends ValueOptions {
  readonly form?: DistributionForm;
}

export interface CheckedSource {
  readonly data: StoredNumbers | GpuBufferLike;
  readonly storage: Storage;
  readonly rows: number;
  readonly outcomes: number;
}

/** Names of what both kinds of sources take. */
export const sourceOptions: readonly string[] = ['outcomes', 'storage', 'transfer'];

type Unchecked<Options> = { readonly [Name in keyof Options]?: unknown };

/** Checks what can be known without looking at the numbers, and brings the data to f32. */
export function checkSource(operation: string, data: unknown, options: Unchecked<ValueOptions>, fewest: number): CheckedSource {
  const { outcomes, transfer = false } = options;
  const storage = checkName<Storage>(operation, 'storage', options.storage ?? 'f32', ['f32', 'f16']);
  if (typeof outcomes !== 'number' || !Number.isInteger(outcomes) || outcomes < fewest) {
    throw new ShapeError({
      operation, argument: 'outcomes', expected: `a whole number of at least ${fewest}`, got: shown(outcomes),
      remedy: 'It is the number of outcomes of each distribution, the length of a row.',
    });
  }
  if (typeof transfer !== 'boolean') {
    throw new DomainError({ operation, argument: 'transfer', expected: 'true or false', got: shown(transfer), remedy: 'Pass true to hand the array over to the worker of the engine.' });
  }
  if (isGpuBuffer(data)) return ofBuffer(operation, data, outcomes, storage);
  if (isFloat16Array(data) || (storage === 'f16' && data instanceof Uint16Array)) {
    return ofArray(operation, new Uint16Array(data.buffer as ArrayBuffer, data.byteOffset, data.length), outcomes);
  }
  if (storage === 'f32') {
    if (data instanceof Float32Array) return ofArray(operation, data as Float32Array<ArrayBuffer>, outcomes);
    if (data instanceof Float64Array) return ofArray(operation, Float32Array.from(data), outcomes);
    if (Array.isArray(data)) return ofRows(operation, data as unknown[], outcomes);
  }
  throw new ShapeError({
    operation, argument: 'data', expected: 'a Float32Array, a Float64Array, a Float16Array, an array of rows, or a GPUBuffer', got: shown(data),
    remedy: "Convert the data to one of these, or to the bits of halves with storage: 'f16'.",
  });
}

function isFloat16Array(data: unknown): data is Float16ArrayLike {
  return (data as Float16ArrayLike | undefined)?.[Symbol.toStringTag] === 'Float16Array';
}

function ofArray(operation: string, data: StoredNumbers, outcomes: number): CheckedSource {
  if ((data.buffer as { readonly detached?: boolean }).detached === true) {
    throw new ShapeError({ operation, argument: 'data', expected: 'numbers', got: 'an array that was handed over to another thread', remedy: 'Use the tensor that it was handed over for.' });
  }
  if (data.length % outcomes !== 0) {
    throw new ShapeError({
      operation, argument: 'data', expected: `a length that is a multiple of outcomes (${outcomes})`, got: `${data.length} numbers`, remedy: 'Give whole rows.',
    });
  }
  return { data, outcomes, rows: data.length / outcomes, storage: data instanceof Uint16Array ? 'f16' : 'f32' };
}

function ofRows(operation: string, rows: readonly unknown[], outcomes: number): CheckedSource {
  const data = new Float32Array(rows.length * outcomes);
  rows.forEach((row, index) => {
    if (!Array.isArray(row) && !ArrayBuffer.isView(row)) {
      throw new ShapeError({ operation, argument: 'data', row: index, expected: 'an array of numbers', got: shown(row), remedy: 'Give one array for each distribution.' });
    }
    const numbers = row as ArrayLike<number>;
    if (numbers.length !== outcomes) {
      throw new ShapeError({ operation, argument: 'data', row: index, expected: `${outcomes} numbers`, got: `${numbers.length}`, remedy: 'All rows have the same outcomes.' });
    }
    for (let k = 0; k < outcomes; k++) {
      const x: unknown = numbers[k];
      if (typeof x !== 'number') {
        throw new DomainError({ operation, argument: 'data', row: index, expected: 'numbers', got: `${shown(x)} at outcome ${k}`, remedy: 'Convert the entries to numbers first.' });
      }
      data[index * outcomes + k] = x;
    }
  });
  return { data, outcomes, rows: rows.length, storage: 'f32' };
}

function ofBuffer(operation: string, buffer: GpuBufferLike, outcomes: number, storage: Storage): CheckedSource {
  if ((buffer.usage & usage.storage) === 0) {
    throw new ShapeError({ operation, argument: 'data', expected: 'a GPUBuffer with usage STORAGE', got: `usage ${buffer.usage}`, remedy: 'Create the buffer with GPUBufferUsage.STORAGE.' });
  }
  const bytes = (4 * outcomes) / perWord[storage];
  const rows = Math.floor(buffer.size / bytes);
  if (buffer.size !== bytesOf(storage, rows * outcomes)) {
    throw new ShapeError({
      operation, argument: 'data', expected: `a size that is a multiple of ${bytes} bytes (rows of ${outcomes} ${storage})`, got: `${buffer.size} bytes`, remedy: `Give whole rows of ${storage}.`,
    });
  }
  return { data: buffer, outcomes, rows, storage };
}

export function checkForm(operation: string, form: unknown): DistributionForm {
  return checkName(operation, 'form', form, distributionForms);
}

function checkName<Name extends string>(operation: string, argument: string, value: unknown, names: readonly Name[]): Name {
  if (names.includes(value as Name)) return value as Name;
  throw new DomainError({ operation, argument, expected: names.map(shown).join(', '), got: shown(value), remedy: 'Say what the rows hold.' });
}
