import type { FixedSizeListLike } from './arrow.ts';
import { DomainError, ShapeError, shown } from './errors.ts';
import { distributionForms, type DistributionForm, type Form } from './forms.ts';
import { isGpuBuffer, usage, type GpuBufferLike } from './gpu-types.ts';
import { numbersIn } from './host-data.ts';
import { bytesOf, perWord, type Float16ArrayLike, type Storage, type StoredNumbers } from './storage.ts';
import { Tensor } from './tensor.ts';

/**
 * What the caller may give: rows one after the other in a typed array, an array of rows, a vector of Arrow whose lists are rows, or rows
 * in a GPUBuffer. A Uint16Array is the bits of halves with storage: 'f16', and counts with form: 'weights'.
 */
export type RowData =
  | Float32Array | Float64Array | Float16ArrayLike | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array
  | readonly ArrayLike<number>[] | FixedSizeListLike | GpuBufferLike;

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
export function checkSource(operation: string, data: unknown, options: Unchecked<ValueOptions>, form: Form): CheckedSource {
  const { outcomes, transfer = false } = options;
  const fewest = form === 'values' ? 1 : 2;
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
  if (Tensor.isTensor(data)) throw new ShapeError({ operation, argument: 'data', expected: 'numbers', got: 'a tensor', remedy: 'Pass tensors to operations as they are, or wrap the numbers that read() gives.' });
  const numbers = numbersIn(operation, data, { outcomes, storage, form });
  if (numbers) return ofNumbers(operation, numbers, outcomes);
  throw new ShapeError({
    operation, argument: 'data', expected: storage === 'f16' ? 'a Float16Array, a Uint16Array of bits, or a GPUBuffer' : 'a typed array of numbers, an array of rows, an Arrow vector of lists, or a GPUBuffer', got: shown(data),
    remedy: "Convert the data to one of these, or to the bits of halves with storage: 'f16'.",
  });
}

function ofNumbers(operation: string, data: StoredNumbers, outcomes: number): CheckedSource {
  if (data.length % outcomes !== 0) {
    throw new ShapeError({
      operation, argument: 'data', expected: `a length that is a multiple of outcomes (${outcomes})`, got: `${data.length} numbers`, remedy: 'Give whole rows.',
    });
  }
  return { data, outcomes, rows: data.length / outcomes, storage: data instanceof Uint16Array ? 'f16' : 'f32' };
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
