import { duration, significant } from '../host/numbers.ts';
import type { PeerError } from './peer-judge.ts';
import type { Task } from './peers/work.ts';
import type { Sample } from './rounds.ts';

/** One library on one backend at one piece of work. Plain data, so that it travels as JSON. */
export interface PeerRow {
  readonly task: Task;
  readonly shape: string;
  readonly library: string;
  readonly version: string;
  readonly backend: string;
  /** To numbers on the host, on a GPU from inputs that are there, else from the host; null where it could not run. */
  readonly wall: Sample | null;
  readonly error: PeerError | null;
  /** Why it could not run. */
  readonly reason: string | null;
}

export const PEER_COLUMNS = [
  'task',
  'shape',
  'library',
  'backend',
  'wall',
  'median',
  '× Dually',
  'median error',
  'worst error',
] as const;
export const PEER_NUMERIC: ReadonlySet<string> = new Set(PEER_COLUMNS.slice(4));

/** One cell a column, the time also as a multiple of Dually's at the same work. */
export function peerCells(row: PeerRow, rows: readonly PeerRow[]): string[] {
  const { task, shape, library, version, backend, wall, error } = row;
  const own = rows.find((other) => other.library === 'dually' && other.task === task && other.shape === shape)?.wall;
  const times = wall
    ? [duration(wall.minimum), duration(wall.median), own ? significant(wall.minimum / own.minimum) : '–']
    : ['–', '–', '–'];
  const errors = error ? [errorText(error.median), errorText(error.worst)] : ['–', '–'];
  return [task, shape, `${library} ${version}`.trim(), backend, ...times, ...errors];
}

function errorText(error: number | null): string {
  return error === null ? '∞' : error.toExponential(1);
}

/** What follows the table, line by line. */
export function peerRemarks(rows: readonly PeerRow[]): string[] {
  const reasons = rows.flatMap(({ library, version, backend, task, shape, reason }) =>
    reason === null ? [] : [`${library} ${version} on ${backend} did not run ${task} ${shape}: ${reason}`],
  );
  if (rows.length === 0) return [];
  return [
    'The same numbers and rounds for all. Times are to a Float32Array: on a GPU from inputs that are there, on the ' +
      'CPU from Float32Arrays. Errors are relative to the f64 reference; half of the rows are near pairs.',
    ...reasons,
  ];
}
