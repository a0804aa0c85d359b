import type { Message } from '../host/message.ts';
import { duration, significant } from '../host/numbers.ts';
import type { RunReport } from '../src/index.ts';
import type { Findings } from './findings.ts';

export interface JobRow {
  operation: string;
  report: RunReport;
  bytes: number; // read and written by the algorithm, each input once a pass
}

/** What one run of the main job computed; plain data, so that it travels as JSON. */
export interface JobReport {
  corpus: { addresses: number; presidents: number; vocabulary: number };
  engine: { backend: string; adapter: string; reason: string };
  rows: JobRow[];
  objective: { start: number; end: number; worstGap: number; steps: number; stepSize: number };
  findings: Findings;
}

/** What the page tells the program that opened it. */
export type JobMessage = Message<JobReport> | { readonly kind: 'row'; readonly row: JobRow };

/** True unless a certificate failed or is missing. A result of the reference itself needs none. */
export function allPassed({ rows }: Pick<JobReport, 'rows'>): boolean {
  return rows.every(({ report }) => report.certificate?.passed ?? report.backend !== 'webgpu');
}

export const COLUMNS = [
  'operation',
  'shape',
  'backend',
  'adapter',
  'GPU time',
  'CPU time',
  'ratio',
  'GB/s',
  'worst error',
  'rows checked',
] as const;
export const NUMERIC_COLUMNS: ReadonlySet<string> = new Set([
  'GPU time',
  'CPU time',
  'ratio',
  'GB/s',
  'worst error',
  'rows checked',
]);
const NONE = '–';

/** One cell a column. The GPU's time and what follows from it are left out where the CPU did the work. */
export function cells({ operation, report, bytes }: JobRow): string[] {
  const { shape, backend, adapter, milliseconds, certificate } = report;
  const gpu = backend === 'webgpu' ? (milliseconds.gpu ?? milliseconds.total - (milliseconds.check ?? 0)) : undefined;
  // Of a sample the reference's time says nothing.
  const judge = certificate && isWhole(certificate) ? certificate.referenceMilliseconds : undefined;
  const cpu = backend === 'webgpu' ? judge : milliseconds.total - (milliseconds.check ?? 0);
  return [
    operation,
    shape.join('×'),
    backend,
    adapter,
    gpu === undefined ? NONE : duration(gpu),
    cpu === undefined ? NONE : duration(cpu),
    gpu === undefined || cpu === undefined ? NONE : `${significant(cpu / gpu)}×`,
    gpu === undefined ? NONE : significant(bytes / gpu / 1e6),
    certificate === undefined || certificate.rowsChecked === 0 ? NONE : worstError(operation, certificate),
    certificate === undefined ? NONE : checkedPart(certificate),
  ];
}

type Certificate = NonNullable<RunReport['certificate']>;

function isWhole({ rowsChecked, rows, columnsChecked, columns }: Certificate): boolean {
  return rowsChecked === rows && columnsChecked === columns;
}

function checkedPart({ rowsChecked, rows, columnsChecked, columns }: Certificate): string {
  const ofEach = rowsChecked > 0 && columnsChecked < columns ? `, ${columnsChecked} of ${columns} columns` : '';
  return `${rowsChecked} of ${rows}${ofEach}`;
}

function worstError(operation: string, { worstUlps, worstRelativeError, passed }: Certificate): string {
  const isObjective = operation.startsWith('mirrorDescent'); // its certificate compares objectives, not weights
  const error = isObjective ? worstRelativeError : worstUlps;
  // JSON writes infinity as null.
  const shown = Number.isFinite(error) ? (isObjective ? error.toExponential(1) : error.toFixed(2)) : '∞';
  return `${shown} ${isObjective ? 'relative' : 'ulp'} ${passed ? '✓' : '✗'}`;
}

export function corpusAsText({ addresses, presidents, vocabulary }: JobReport['corpus']): string {
  return `${addresses} addresses × ${vocabulary} words, by ${presidents} presidents`;
}

export function engineAsText({ backend, adapter, reason }: JobReport['engine']): string {
  return backend === 'webgpu' ? `WebGPU on ${adapter}` : `the CPU, not on a GPU: ${reason}`;
}

export function objectiveAsText({ start, end, worstGap, steps, stepSize }: JobReport['objective']): string {
  return (
    `mean KL from an address to its mixture: ${start.toFixed(4)} nats at equal weights, ${end.toFixed(4)} after ` +
    `${steps} steps of size ${stepSize}; no address is more than ${worstGap.toPrecision(2)} nats above its ` +
    `minimum (duality gap)`
  );
}
