import type { Form } from './forms.ts';

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
  /** Nothing of what is judged by itself, such as the solution of a system by its residual. */
  readonly expected: readonly SavedNumber[];
  readonly ulps: SavedNumber;
}
