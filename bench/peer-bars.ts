import { significant } from '../host/numbers.ts';
import { casesOf, shapeOfCase, type Rival } from './peer-cases.ts';
import type { PeerRow } from './peer-report.ts';
import type { Task } from './peers/work.ts';

/** How many times as long a rival takes as Dually on the CPU, by the fastest rounds. */
export interface BarRow {
  readonly task: Task;
  readonly shape: string;
  readonly rival: Rival;
  /** The library that it was. */
  readonly library: string;
  readonly ratio: number;
  /** What the ratio shall be at least, where that was decided. */
  readonly bar: number | null;
}

/** The ratios of all pieces of work that Dually did on the CPU. */
export function barsOf(rows: readonly PeerRow[]): BarRow[] {
  return rows
    .filter(({ library, backend, wall }) => library === 'dually' && backend === 'cpu' && wall !== null)
    .flatMap((own) =>
      ratiosTo(
        own,
        rows.filter(({ task, shape }) => task === own.task && shape === own.shape),
      ),
    );
}

function ratiosTo({ task, shape, wall }: PeerRow, rows: readonly PeerRow[]): BarRow[] {
  const bars = casesOf('full', []).find((of) => of.task === task && shapeOfCase(of) === shape)?.bars ?? {};
  const rivals: readonly Rival[] = ['best peer', ...('jax-js' in bars ? (['jax-js'] as const) : []), 'plain loop'];
  return rivals.flatMap((rival) => {
    const best = fastest(rows.filter((row) => isRival(row, rival)));
    if (!best) return [];
    return [
      { task, shape, rival, library: best.library, ratio: best.minimum / wall!.minimum, bar: bars[rival] ?? null },
    ];
  });
}

/** The best peer is a library for browsers that computes on the CPU. */
function isRival({ library, backend }: PeerRow, rival: Rival): boolean {
  return rival === 'best peer' ? backend === 'wasm' : library === rival && backend !== 'webgpu';
}

function fastest(rows: readonly PeerRow[]): { library: string; minimum: number } | undefined {
  const ran = rows.flatMap(({ library, wall }) => (wall ? [{ library, minimum: wall.minimum }] : []));
  return ran.sort((a, b) => a.minimum - b.minimum)[0];
}

export const BAR_COLUMNS = ['task', 'shape', 'rival', 'library', '× Dually', 'bar', 'reached'] as const;
export const BAR_NUMERIC: ReadonlySet<string> = new Set(['× Dually', 'bar']);

/** One cell a column. */
export function barCells({ task, shape, rival, library, ratio, bar }: BarRow): string[] {
  const judged = bar === null ? ['–', ''] : [`≥ ${bar}`, ratio >= bar ? '✓' : '✗'];
  return [task, shape, rival, library, significant(ratio), ...judged];
}
