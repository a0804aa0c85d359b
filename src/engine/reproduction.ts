import type { Form } from './forms.ts';
import type { Axis, Operand, Operation } from './operation.ts';
import { headRows } from './stages.ts';

/** A number as JSON can carry it; `Number` gives it back. */
export type SavedNumber = number | 'NaN' | 'Infinity' | '-Infinity' | '-0';

/** What an argument gave for a row of the result. */
export interface SavedArgument {
  readonly name: string;
  readonly form: Form;
  readonly outcomes: number;
  /** The row that goes with that of the result, or all that it is made from; left out if they are more than 2²⁰ numbers. */
  readonly rows?: readonly (readonly SavedNumber[])[];
}

/**
 * One row of a result with all that it is made from, as plain data that JSON can carry: wrap the rows of its arguments,
 * and the operation makes this row of them: engine.rows(saved.rows.map((row) => row.map(Number)), saved) of each distribution.
 * What an earlier operation computed is saved as the reference computes it.
 */
export interface Reproduction {
  readonly operation: string;
  /** As far as they are data; a function is told by its name. */
  readonly parameters: unknown;
  /** Its index in the result that was checked. */
  readonly row: number;
  /** The columns of a row of all pairs that were checked, if not all: the arguments hold the rows that make them. */
  readonly columns?: readonly number[];
  readonly arguments: readonly SavedArgument[];
  readonly got: readonly SavedNumber[];
  readonly expected: readonly SavedNumber[];
  readonly ulps: SavedNumber;
}

export interface WrongRow {
  readonly operation: Operation;
  readonly parameters: unknown;
  readonly inputs: readonly Operand[];
  readonly row: number;
  readonly columns: readonly number[] | undefined;
  readonly got: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  readonly ulps: number;
}

const mostNumbers = 2 ** 20;

export function reproductionOf({ operation, parameters, inputs, row, columns, got, expected, ulps }: WrongRow): Reproduction {
  const saved = inputs.map((input, index): SavedArgument => {
    const { name, axis } = operation.arguments[index]!;
    const needed = rowsNeeded(axis, input, row);
    const { form, width } = input;
    return { name, form, outcomes: width, ...(needed.length * width <= mostNumbers && { rows: needed.map((each) => savedRow(input.row(each))) }) };
  });
  return { operation: operation.name, parameters: asData(parameters), row, ...(columns && { columns }), arguments: saved, got: savedRow(got), expected: savedRow(expected), ulps: savedNumber(ulps) };
}

function rowsNeeded(axis: Axis, { rows }: Operand, row: number): number[] {
  if (axis === 'rows' || axis === 'block' || axis === 'fold') return [row];
  return Array.from({ length: axis === 'head' ? Math.min(rows, headRows) : rows }, (_, index) => index);
}

function savedRow(row: ArrayLike<number>): SavedNumber[] {
  return Array.from(row, savedNumber);
}

function savedNumber(x: number): SavedNumber {
  return Number.isFinite(x) && !Object.is(x, -0) ? x : (Object.is(x, -0) ? '-0' : String(x)) as SavedNumber;
}

function asData(value: unknown): unknown {
  if (typeof value === 'number') return savedNumber(value);
  if (typeof value === 'function') return (value as { operation?: { name: string } }).operation?.name ?? value.name;
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return savedRow(value as Float64Array);
  return Array.isArray(value) ? value.map(asData) : Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, asData(each)]])));
}
