/** What is to be done with blocks of rows, as plain data that a worker can be sent. */

import type { Form } from '../forms.ts';

/** Numbers that a step reads: an input that comes block by block, one that is the same for all blocks, or what a step left in a slot. */
export interface StepInput {
  readonly from: 'inputs' | 'constants' | 'slots';
  readonly index: number;
  readonly width: number;
  /** Rows that are there; undefined: as many as the block has. */
  readonly rows?: number;
}

/** One call of a function of the WebAssembly module. */
export interface Step {
  readonly name: string;
  readonly width: number;
  /** Where its result goes. */
  readonly slot: number;
  readonly inputs: readonly StepInput[];
  /** Tables, by their index among the constants. */
  readonly tables: readonly number[];
  readonly numbers: readonly number[];
  /** Bytes that it needs for itself. */
  readonly scratch: number;
  /** Whether inputs, tables and numbers are written there. */
  readonly argumentsInScratch?: boolean;
}

/** An input that comes block by block, and the rules its rows are checked by, if they are not known to be good. */
export interface RowInput {
  readonly width: number;
  readonly check?: Form;
}

export interface Program {
  /** Instances keep the constants of the program that they ran last. */
  readonly id: number;
  readonly inputs: readonly RowInput[];
  readonly constants: readonly (Float32Array | Uint32Array)[];
  /** Numbers a row of each place for results; results that are read no more make room for others. */
  readonly slots: readonly number[];
  /** The last one makes the result. */
  readonly steps: readonly Step[];
  /** Rows that cost no more than one. */
  readonly rowsAtOnce: number;
}

/** A program and the rows that it is to run over. */
export interface RowWork {
  readonly program: Program;
  readonly rows: number;
  readonly inputs: readonly Float32Array[];
  readonly out: Float32Array;
}

/** A row that breaks the rules of its form: of which input, and which row of the block. */
export interface BadRow {
  readonly input: number;
  readonly row: number;
}

/** What one row costs in the numbers that an instance holds at a time. */
export function numbersPerRow({ inputs, slots }: Program): number {
  return [...inputs.map(({ width }) => width), ...slots].reduce((sum, width) => sum + width, 0);
}

/** So many rows and what fills their last group, which costs nothing. */
export function wholeGroups(rows: number, rowsAtOnce: number): number {
  return rowsAtOnce * Math.max(1, Math.ceil(rows / rowsAtOnce));
}
