import { duration, significant } from '../host/numbers.ts';
import type { Predicted } from '../src/index.ts';
import type { Sample } from './rounds.ts';

/** One shape of one operation: what it took where, and what an engine that chooses by itself made of it. */
export interface AutoRow {
  readonly operation: string;
  readonly rows: number;
  readonly outcomes: number;
  readonly webgpu: Sample;
  readonly cpu: Sample;
  readonly auto: Sample;
  /** How many of its rounds it did on WebGPU. */
  readonly onWebgpu: number;
  /** In the last round. */
  readonly predicted: Predicted;
  readonly reason: string;
}

export interface AutoReport {
  readonly date: string;
  readonly adapter: string;
  readonly browser: string;
  readonly rows: readonly AutoRow[];
}

/** How many times longer than the better place an engine may take that chooses. */
export const BAR = 1.2;

export const AUTO_COLUMNS = [
  'operation',
  'shape',
  'webgpu',
  'median',
  'cpu',
  'median',
  'auto',
  'median',
  'rounds',
  'on webgpu',
  'ratio',
  'of medians',
  'webgpu said',
  'cpu said',
] as const;
export const AUTO_NUMERIC: ReadonlySet<string> = new Set(AUTO_COLUMNS.slice(2));

/** Of the fastest rounds: what else the machine does slows others. */
export function ratioOf({ webgpu, cpu, auto }: AutoRow, of: 'minimum' | 'median' = 'minimum'): number {
  return auto[of] / Math.min(webgpu[of], cpu[of]);
}

export function autoCells(row: AutoRow): string[] {
  const { operation, rows, outcomes, webgpu, cpu, auto, onWebgpu, predicted } = row;
  const said = (milliseconds: number | undefined): string =>
    milliseconds === undefined ? '–' : duration(milliseconds);
  return [
    operation,
    `${rows}×${outcomes}`,
    ...[webgpu, cpu, auto].flatMap(({ minimum, median }) => [duration(minimum), duration(median)]),
    String(auto.rounds),
    String(onWebgpu),
    ratioOf(row).toFixed(2),
    ratioOf(row, 'median').toFixed(2),
    said(predicted.webgpu),
    said(predicted.cpu),
  ];
}

export function autoRemarks({ rows }: AutoReport): string[] {
  const worst = (of: 'minimum' | 'median'): string => {
    const row = rows.reduce((most, each) => (ratioOf(each, of) > ratioOf(most, of) ? each : most));
    return `${ratioOf(row, of).toFixed(2)} (${row.operation} ${row.rows}×${row.outcomes})`;
  };
  const crossings = [...new Set(rows.map(({ operation }) => operation))].map((operation) => {
    const won = rows
      .filter((row) => row.operation === operation && row.webgpu.minimum < row.cpu.minimum)
      .map((row) => row.rows * row.outcomes);
    return `${operation} ${won.length > 0 ? `from ${significant(Math.min(...won))}` : 'never'}`;
  });
  const within = rows.filter((row) => ratioOf(row) <= BAR).length;
  return [
    `The worst ratio of auto to the better place is ${worst('minimum')} of the fastest rounds and ` +
      `${worst('median')} of the middle ones; ${within} of ${rows.length} shapes are within ${BAR}.`,
    `Numbers (rows times outcomes) from which WebGPU is ahead of the CPU: ${crossings.join(', ')}.`,
  ];
}
