import { DomainError, ShapeError, shown } from './errors.ts';
import { distributionForms, type DistributionForm } from './forms.ts';
import { isGpuBuffer, usage, type GpuBufferLike } from './gpu-types.ts';

/** What the caller may give: rows one after the other, an array of rows, or rows in a GPUBuffer of f32. */
export type RowData = Float32Array | Float64Array | readonly (readonly number[])[] | GpuBufferLike;

export interface ValueOptions {
  /** The length of a row. */
  readonly outcomes: number;
}

export interface RowOptions extends ValueOptions {
  readonly form?: DistributionForm;
}

export interface CheckedSource {
  readonly data: Float32Array<ArrayBuffer> | GpuBufferLike;
  readonly rows: number;
  readonly outcomes: number;
}

/** Checks what can be known without looking at the numbers, and brings the data to f32. */
export function checkSource(operation: string, data: unknown, outcomes: unknown, fewest: number): CheckedSource {
  if (typeof outcomes !== 'number' || !Number.isInteger(outcomes) || outcomes < fewest) {
    throw new ShapeError({
      operation, argument: 'outcomes', expected: `a whole number of at least ${fewest}`, got: shown(outcomes),
      remedy: 'It is the number of outcomes of each distribution, the length of a row.',
    });
  }
  if (data instanceof Float32Array) return ofArray(operation, data as Float32Array<ArrayBuffer>, outcomes);
  if (data instanceof Float64Array) return ofArray(operation, Float32Array.from(data), outcomes);
  if (Array.isArray(data)) return ofRows(operation, data as unknown[], outcomes);
  if (isGpuBuffer(data)) return ofBuffer(operation, data, outcomes);
  throw new ShapeError({
    operation, argument: 'data', expected: 'a Float32Array, a Float64Array, an array of rows, or a GPUBuffer', got: shown(data), remedy: 'Convert the data to one of these.',
  });
}

function ofArray(operation: string, data: Float32Array<ArrayBuffer>, outcomes: number): CheckedSource {
  if (data.length % outcomes !== 0) {
    throw new ShapeError({
      operation, argument: 'data', expected: `a length that is a multiple of outcomes (${outcomes})`, got: `${data.length} numbers`, remedy: 'Give whole rows.',
    });
  }
  return { data, outcomes, rows: data.length / outcomes };
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
  return { data, outcomes, rows: rows.length };
}

function ofBuffer(operation: string, buffer: GpuBufferLike, outcomes: number): CheckedSource {
  if ((buffer.usage & usage.storage) === 0) {
    throw new ShapeError({ operation, argument: 'data', expected: 'a GPUBuffer with usage STORAGE', got: `usage ${buffer.usage}`, remedy: 'Create the buffer with GPUBufferUsage.STORAGE.' });
  }
  if (buffer.size % (4 * outcomes) !== 0) {
    throw new ShapeError({
      operation, argument: 'data', expected: `a size that is a multiple of ${4 * outcomes} bytes (rows of ${outcomes} f32)`, got: `${buffer.size} bytes`, remedy: 'Give whole rows of f32.',
    });
  }
  return { data: buffer, outcomes, rows: buffer.size / (4 * outcomes) };
}

export function checkForm(operation: string, form: unknown): DistributionForm {
  if (distributionForms.includes(form as DistributionForm)) return form as DistributionForm;
  throw new DomainError({ operation, argument: 'form', expected: distributionForms.map(shown).join(', '), got: shown(form), remedy: 'Say what the rows hold.' });
}
