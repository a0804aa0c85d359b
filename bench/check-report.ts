import { duration } from '../host/numbers.ts';
import { checkShare } from '../src/engine/check-budget.ts';

/** What it cost to check samples of the results of one operation at one shape, over the life of an engine. */
export interface CheckRow {
  readonly operation: string;
  readonly shape: string;
  readonly backend: string;
  readonly runs: number;
  /** Of all runs with their checks. */
  readonly milliseconds: number;
  readonly runsChecked: number;
  readonly rowsChecked: number;
  /** Time of the checks over that of the runs, by the account of the engine. */
  readonly share: number;
  /**
   * Milliseconds of the longest of the checks: what a share above 5 % may be due to, where the machine had other things
   * to do.
   */
  readonly longest: number;
}

export const CHECK_COLUMNS = [
  'operation',
  'shape',
  'backend',
  'runs',
  'time',
  'runs checked',
  'rows checked',
  'longest check',
  'checks / runs',
  'within 5 %',
] as const;
export const CHECK_NUMERIC: ReadonlySet<string> = new Set(CHECK_COLUMNS.slice(3));

export function checkCells(row: CheckRow): string[] {
  const { operation, shape, backend, runs, milliseconds, runsChecked, rowsChecked, share, longest } = row;
  const percent = `${(100 * share).toFixed(2)} %`;
  return [
    operation,
    shape,
    backend,
    String(runs),
    duration(milliseconds),
    String(runsChecked),
    String(rowsChecked),
    duration(longest),
    percent,
    share <= checkShare ? 'yes' : 'NO',
  ];
}
