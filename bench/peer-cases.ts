import { makePairs } from '../accuracy/rows.ts';
import { relativeError } from '../accuracy/tally.ts';
import { alphaDivergenceOfLogits, alphaDivergenceOfWeights } from '../src/math/alpha-family.ts';
import type { Task, Work } from './peers/work.ts';
import { shapeText, type Mode } from './shapes.ts';

/** One piece of work that the libraries compete for. */
export interface PeerCase {
  readonly task: Task;
  /** Dually's operation for it, by which `--only` chooses. */
  readonly operation: string;
  readonly rows: number;
  readonly outcomes: number;
}

const quick: readonly PeerCase[] = [
  { task: 'KL', operation: 'klDivergence', rows: 1024, outcomes: 256 },
  { task: 'KL of logits', operation: 'klDivergence', rows: 64, outcomes: 8192 },
  { task: 'KL of all pairs', operation: 'alphaDivergenceMatrix', rows: 512, outcomes: 256 },
];

const peerCases: Readonly<Record<Mode, readonly PeerCase[]>> = {
  quick,
  full: [
    ...quick,
    { task: 'KL', operation: 'klDivergence', rows: 4096, outcomes: 1024 },
    { task: 'KL of logits', operation: 'klDivergence', rows: 16, outcomes: 131_072 },
    { task: 'KL of all pairs', operation: 'alphaDivergenceMatrix', rows: 2048, outcomes: 256 },
  ],
};

/** The pieces of work of a run, by the names of operations that `--only` gave; none stands for all. */
export function casesOf(mode: Mode, only: readonly string[]): readonly PeerCase[] {
  return peerCases[mode].filter(({ operation }) => only.length === 0 || only.includes(operation));
}

const isOfPairs = (task: Task): boolean => task === 'KL of all pairs';

export function shapeOfCase({ task, rows, outcomes }: PeerCase): string {
  return shapeText({ rows, outcomes, ...(isOfPairs(task) && { columns: rows }) });
}

const DISTANCES = [1, 1e-3]; // half of the rows of q differ from those of p by a thousandth at most

export function workOf({ task, rows, outcomes }: PeerCase): Work {
  const { p, q } = makePairs(
    task === 'KL of logits' ? 'logits' : 'probabilities',
    outcomes,
    DISTANCES,
    rows / DISTANCES.length,
  );
  return { task, rows, columns: rows, outcomes, p, q };
}

/** Errors of a result, relative to the exact value of each entry. Null: infinite, or not a number. */
export interface PeerError {
  readonly median: number | null;
  readonly worst: number | null;
}

const CHECKED_ROWS = 32;
const CHECKED_ROWS_OF_PAIRS = 4;

/** Compares results of the work with the f64 reference in some of the rows, computed once. */
export function judgeOf({ task, rows, columns, outcomes, p, q }: Work): (numbers: Float32Array) => PeerError {
  const divergence = task === 'KL of logits' ? alphaDivergenceOfLogits : alphaDivergenceOfWeights;
  const row = (data: Float32Array, index: number): Float32Array =>
    data.subarray(index * outcomes, (index + 1) * outcomes);
  const checked = isOfPairs(task) ? CHECKED_ROWS_OF_PAIRS : Math.min(rows, CHECKED_ROWS);
  const exact = Array.from({ length: checked }, (_, index) => Math.floor((index * (rows - 1)) / (checked - 1))).flatMap(
    (i) => {
      const partners = isOfPairs(task) ? Array.from({ length: columns }, (_, j) => j) : [i];
      return partners.map((j) => ({
        at: isOfPairs(task) ? i * columns + j : i,
        value: divergence(row(p, i), row(q, j), -1),
      }));
    },
  );
  return (numbers) => {
    const errors = exact.map(({ at, value }) => relativeError(numbers[at] ?? NaN, value)).sort((a, b) => a - b);
    const told = (error: number): number | null => (Number.isFinite(error) ? error : null);
    return { median: told(errors[errors.length >> 1]!), worst: told(errors.at(-1)!) };
  };
}
