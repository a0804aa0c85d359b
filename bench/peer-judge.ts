import { relativeError } from '../host/relative-error.ts';
import type { Operand } from '../src/engine/operation.ts';
import { Reference as Evaluator } from '../src/engine/reference.ts';
import type { StoredNumbers } from '../src/engine/storage.ts';
import { openEngine, type Tensor } from '../src/index.ts';
import { ownTasks, placed, resultOf } from './peer-tasks.ts';
import type { Work } from './peers/work.ts';

/** Errors of a result, relative to the exact value of each entry. Null: infinite, or not a number. */
export interface PeerError {
  readonly median: number | null;
  readonly worst: number | null;
}

const CHECKED_ROWS = 32;
const CHECKED_ENTRIES = 2 ** 13;
const SMALLEST = 2 ** -126; // no f32 below it is normal, and hosts flush what is not

/** Compares results of the work with the f64 reference in some of the rows, computed once. */
export async function judgeOf(work: Work): Promise<(numbers: Float32Array) => PeerError> {
  const { writeRow, rows, width } = await referenceOf(work);
  const count = Math.min(rows, CHECKED_ROWS, Math.max(2, CHECKED_ENTRIES / width));
  const exact = Array.from({ length: count }, (_, index) => {
    const row = Math.floor((index * (rows - 1)) / (count - 1));
    const values = new Float64Array(width);
    writeRow(row, values);
    return { row, values };
  });
  return (numbers) => {
    const errors = exact.flatMap(({ row, values }) =>
      Array.from(values, (value, k) => errorOf(numbers[row * width + k] ?? NaN, value)),
    );
    errors.sort((a, b) => a - b);
    const told = (error: number): number | null => (Number.isFinite(error) ? error : null);
    return { median: told(errors[errors.length >> 1]!), worst: told(errors.at(-1)!) };
  };
}

function errorOf(got: number, expected: number): number {
  return Math.abs(got) < SMALLEST && Math.abs(expected) < SMALLEST ? 0 : relativeError(got, expected);
}

interface Reference {
  readonly writeRow: (row: number, out: Float64Array) => void;
  readonly rows: number;
  readonly width: number;
}

/** That of the operation in Dually's lazy result; nothing is computed there. */
async function referenceOf(work: Work): Promise<Reference> {
  const engine = await openEngine({ backend: 'cpu' });
  try {
    const result = resultOf(work, placed(work, engine));
    const { inputs } = result.origin as Extract<Tensor['origin'], { kind: 'result' }>;
    const operands = operandsOf(work);
    const reference = new Evaluator(({ origin }) => (origin as { readonly data: StoredNumbers }).data, new Map(inputs.map((input, index) => [input, operands[index]!]))).operand(result);
    return { writeRow: (row, out) => out.set(reference.row(row)), rows: result.rows, width: result.width };
  } finally {
    engine.dispose();
  }
}

function operandsOf({ task, outcomes, batches }: Work): Operand[] {
  return batches.map(({ data, rows }) => ({
    form: ownTasks[task].form,
    rows,
    width: outcomes,
    row: (index) => data.subarray(index * outcomes, (index + 1) * outcomes),
  }));
}
