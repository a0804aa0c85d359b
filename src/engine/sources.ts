import type { FixedSizeListLike } from './arrow.ts';
import { DomainError, ShapeError, shown } from './errors.ts';
import { distributionForms, type DistributionForm, type Form } from './forms.ts';
import { isGpuBuffer, usage, type GpuBufferLike } from './gpu-types.ts';
import { numbersIn } from './host-data.ts';
import { perWord, type Float16ArrayLike, type Storage, type StoredNumbers } from './storage.ts';
import { has, typedArrayName } from './tags.ts';
import { Tensor, type Placing } from './tensor.ts';

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
  /** Of a GPUBuffer: where the first row begins, in numbers (of storage: 4 bytes each, or 2 of halves); 0 unless given. */
  readonly offset?: number;
  /** Of a GPUBuffer: how far on the next row begins, in numbers; `outcomes` unless given. What lies between is not looked at. */
  readonly stride?: number;
  /** Of a GPUBuffer: how many rows there are; unless given, they fill it. */
  readonly rows?: number;
}

export interface RowOptions extends ValueOptions {
  readonly form?: DistributionForm;
}

export interface CheckedSource {
  readonly data: StoredNumbers | GpuBufferLike;
  readonly storage: Storage;
  readonly rows: number;
  readonly outcomes: number;
  /** Of a GPUBuffer. */
  readonly placing?: Placing;
}

/** Names of what both kinds of sources take. */
export function sourceOptions(data: unknown): readonly string[] {
  return ['outcomes', 'storage', 'transfer', ...(isGpuBuffer(data) ? ['offset', 'stride', 'rows'] : [])];
}

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
  if (isGpuBuffer(data)) return ofBuffer(operation, data, { ...options, outcomes, storage });
  if (Tensor.isTensor(data)) throw new ShapeError({ operation, argument: 'data', expected: 'numbers', got: 'a tensor', remedy: 'Pass tensors to operations as they are, or wrap the numbers that read() gives.' });
  const numbers = numbersIn(operation, data, { outcomes, storage, form });
  if (numbers) return ofNumbers(operation, numbers, outcomes);
  if (has(data, 'BYTES_PER_ELEMENT', 'byteOffset') && typedArrayName(data) === undefined) {
    throw new ShapeError({ operation, argument: 'data', expected: 'a typed array', got: 'a proxy of one', remedy: 'Give the array itself: keep arrays out of state that is made of proxies.' });
  }
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

/** Rows within a GPUBuffer, where they lie. Unless it is said how many there are, they fill it to its end, or to the room behind the last one. */
function ofBuffer(operation: string, buffer: GpuBufferLike, options: Unchecked<ValueOptions> & { readonly outcomes: number; readonly storage: Storage }): CheckedSource {
  const { outcomes, storage, offset = 0, stride = outcomes, rows } = options;
  if ((buffer.usage & usage.storage) === 0) {
    throw new ShapeError({ operation, argument: 'data', expected: 'a GPUBuffer with usage STORAGE', got: `usage ${buffer.usage}`, remedy: 'Create the buffer with GPUBufferUsage.STORAGE.' });
  }
  checkCount(operation, 'offset', offset, 0);
  checkCount(operation, 'stride', stride, outcomes);
  if (rows !== undefined) checkCount(operation, 'rows', rows, 0);
  const numbers = Math.max(0, Math.floor(buffer.size / 4) * perWord[storage] - offset);
  const fitting = numbers < outcomes ? 0 : 1 + Math.floor((numbers - outcomes) / stride);
  const behind = numbers - (fitting === 0 ? 0 : (fitting - 1) * stride + outcomes);
  const isFilled = behind < perWord[storage] + (fitting === 0 ? 0 : stride - outcomes); // to whole words
  if (rows === undefined ? !isFilled || offset * 4 > buffer.size * perWord[storage] : rows > fitting) throw sizeError(operation, buffer, { outcomes, storage, offset, stride, rows, fitting });
  const placing = offset !== 0 || stride !== outcomes ? { placing: { offset, stride } } : {};
  return { data: buffer, outcomes, rows: rows ?? fitting, storage, ...placing };
}

function checkCount(operation: string, argument: string, value: unknown, least: number): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  throw new ShapeError({ operation, argument, expected: `a whole number of at least ${least}`, got: shown(value), remedy: 'It is counted in numbers of the storage, not in bytes.' });
}

function sizeError(operation: string, { size }: GpuBufferLike, { outcomes, storage, offset, stride, rows, fitting }: Placing & { outcomes: number; storage: Storage; rows: number | undefined; fitting: number }): ShapeError {
  const at = { operation, argument: 'data', got: `${size} bytes` };
  if (rows !== undefined) return new ShapeError({ ...at, expected: `a GPUBuffer that holds ${rows} rows of ${outcomes} ${storage} from ${offset} on, each ${stride} after the last`, got: `${size} bytes, which hold ${fitting}`, remedy: 'Offset and stride are counted in numbers, not in bytes.' });
  const each = (4 * outcomes) / perWord[storage];
  const where = offset === 0 && stride === outcomes ? '' : ` from ${offset} on, each ${stride} after the last`;
  return new ShapeError({ ...at, expected: `a size that is a multiple of ${each} bytes (rows of ${outcomes} ${storage}${where})`, remedy: `Give whole rows of ${storage}, or { rows } of a buffer with room behind them.` });
}

export function checkForm(operation: string, form: unknown): DistributionForm {
  return checkName(operation, 'form', form, distributionForms);
}

function checkName<Name extends string>(operation: string, argument: string, value: unknown, names: readonly Name[]): Name {
  if (names.includes(value as Name)) return value as Name;
  throw new DomainError({ operation, argument, expected: names.map(shown).join(', '), got: shown(value), remedy: 'Say what the rows hold.' });
}
