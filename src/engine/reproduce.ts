import type { Axis, Operand, Composition } from './operation.ts';
import type { Reproduction, SavedArgument, SavedNumber } from './reproduction.ts';
import { headRows } from './stages.ts';

export interface WrongRow {
  readonly operation: Composition;
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
