import { duration, significant } from '../host/numbers.ts';
import type { Backend } from '../src/index.ts';
import type { Regime } from '../src/engine/kernel.ts';
import type { CheckRow } from './check-report.ts';
import type { PeerRow } from './peer-report.ts';
import type { Sample } from './rounds.ts';
import type { Mode } from './shapes.ts';

/** One operation at one shape on one backend. Plain data, so that it travels as JSON. */
export interface BenchRow {
  readonly operation: string;
  readonly parameters: object;
  readonly shape: string;
  readonly backend: Backend;
  /** How rows lie over invocations; null on the CPU. */
  readonly regime: Regime | null;
  /** Read and written by the algorithm: every input and the result, once a pass. */
  readonly bytes: number;
  /** Arithmetic operations of the algorithm, where they were counted. */
  readonly arithmetic: number | null;
  /** Of the kernels on the device, from and to its memory, by the report's clock. */
  readonly kernel: Sample | null;
  /** From the call to the Float32Array. */
  readonly wall: Sample;
  /** What the same device reached in the same rounds. */
  readonly ceilings: { readonly gigabytesPerSecond: number; readonly gigaFmaPerSecond: number } | null;
  readonly certificate: {
    readonly passed: boolean;
    readonly worstUlps: number | null; // null: infinite
    readonly rowsChecked: number;
    readonly tolerance: string;
  } | null;
}

/** The smallest power of two of rows from which WebGPU is ahead of the CPU; null when it never is. */
export interface Crossover {
  readonly operation: string;
  readonly rows: number | null;
  /** The largest batch that was tried. */
  readonly largest: number;
}

export interface BenchReport {
  readonly mode: Mode;
  readonly date: string;
  readonly adapter: string | null;
  /** Whether no GPU was asked for. */
  readonly cpuAlone: boolean;
  readonly cores: number;
  /** Whether the page is cross-origin isolated, so that threads may share memory. */
  readonly isolated: boolean;
  readonly browser: string;
  /** What timed the kernels: the device itself, or the host from the first submission until the queue is idle. */
  readonly clock: 'timestamp-query' | 'queue';
  readonly pace: { readonly rounds: number; readonly budget: number };
  readonly rows: readonly BenchRow[];
  readonly crossover: {
    readonly outcomes: number;
    readonly operations: readonly Crossover[];
  };
  /** Other libraries at the same work as Dually; empty unless they were asked for. */
  readonly peers: readonly PeerRow[];
  /** What checks of samples cost, if that was asked for instead. */
  readonly checks?: readonly CheckRow[];
  readonly failures: readonly { readonly operation: string; readonly shape: string; readonly message: string }[];
}

/** True when nothing failed and every result of the GPU was within its tolerance. */
export function passed({ rows, failures }: Pick<BenchReport, 'rows' | 'failures'>): boolean {
  return failures.length === 0 && rows.every(({ certificate }) => certificate?.passed !== false);
}

export const COLUMNS = [
  'operation',
  'shape',
  'backend',
  'regime',
  'kernel',
  'median',
  'wall',
  'median',
  'bytes',
  'FMAs',
  'GB/s',
  'of read',
  'of FMA',
  'binding',
  'worst error',
] as const;
export const NUMERIC_COLUMNS: ReadonlySet<string> = new Set(COLUMNS.slice(4));
const NONE = '–';

export interface Fractions {
  readonly ofRead: number | undefined;
  readonly ofFma: number | undefined;
}

/** The fastest round against the fastest rounds of the ceilings. */
export function fractions({ kernel, ceilings, bytes, arithmetic }: BenchRow): Fractions {
  if (!kernel || !ceilings) return { ofRead: undefined, ofFma: undefined };
  return {
    ofRead: gigaPerSecond(bytes, kernel.minimum) / ceilings.gigabytesPerSecond,
    ofFma: arithmetic === null ? undefined : gigaPerSecond(arithmetic, kernel.minimum) / ceilings.gigaFmaPerSecond,
  };
}

export function gigaPerSecond(count: number, milliseconds: number): number {
  return count / milliseconds / 1e6;
}

/** One cell a column. */
export function cells(row: BenchRow): string[] {
  const { operation, shape, backend, regime, kernel, wall, bytes, arithmetic, certificate } = row;
  const { ofRead, ofFma } = fractions(row);
  const times = (sample: Sample | null): string[] =>
    sample ? [duration(sample.minimum), duration(sample.median)] : [NONE, NONE];
  return [
    operation,
    shape,
    backend,
    regime ?? NONE,
    ...times(kernel),
    ...times(wall),
    counted(bytes),
    arithmetic === null ? NONE : counted(arithmetic),
    significant(gigaPerSecond(bytes, (kernel ?? wall).minimum)),
    percent(ofRead),
    percent(ofFma),
    binding(ofRead, ofFma),
    certificate ? worstError(certificate) : NONE,
  ];
}

/** A count in thousands, millions or billions. */
function counted(count: number): string {
  const step = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${significant(count / 1000 ** step)}${['', ' k', ' M', ' G'][step]}`;
}

function worstError({ worstUlps, passed: isWithin }: NonNullable<BenchRow['certificate']>): string {
  return `${worstUlps === null ? '∞' : significant(worstUlps)} ulp ${isWithin ? '✓' : '✗'}`;
}

/** The ceiling that is nearer. */
function binding(ofRead: number | undefined, ofFma: number | undefined): string {
  if (ofRead === undefined) return NONE;
  return ofFma !== undefined && ofFma > ofRead ? `${percent(ofFma)} FMA` : `${percent(ofRead)} read`;
}

function percent(fraction: number | undefined): string {
  if (fraction === undefined) return NONE;
  return fraction < 0.1 ? `${(100 * fraction).toPrecision(2)} %` : `${Math.round(100 * fraction)} %`;
}

export function heading({ mode, pace, date, adapter, cpuAlone, cores, isolated, browser }: BenchReport): string {
  const cpu = `the CPU alone: ${cores} cores, ${isolated ? '' : 'not '}cross-origin isolated`;
  const where = cpuAlone ? cpu : adapter === null ? `no WebGPU here, ${cpu}` : `WebGPU on ${adapter}`;
  return `Dually bench, ${mode}: up to ${pace.rounds} interleaved rounds, ${where}; ${browserName(browser)}; ${date}`;
}

/** The last product of a user agent that is a browser; those before it are what the browser resembles. */
export function browserName(userAgent: string): string {
  const products = userAgent.match(/(?:Firefox|Edg|(?:Headless)?Chrome|Version)\/\d+/g);
  return products?.at(-1)?.replace('/', ' ').replace('Version', 'Safari') ?? userAgent;
}

const clocks = {
  'timestamp-query': 'by the device (timestamp-query)',
  queue: 'by the host, from submission until the queue is idle',
} as const;

/** What follows the table, line by line. */
export function remarks({ rows, crossover, failures, adapter, clock }: BenchReport): string[] {
  const best = (of: (ceilings: NonNullable<BenchRow['ceilings']>) => number): number =>
    Math.max(...rows.flatMap(({ ceilings }) => (ceilings ? [of(ceilings)] : [])));
  return [
    `Times are of the fastest and of the middle round; kernels are timed ${clocks[clock]}. ` +
      'The ceilings are sums that only read as many bytes, in the faster of two layouts, and a chain of FMAs.',
    ...(rows.some(({ ceilings }) => ceilings)
      ? [
          `Best of this run: ${significant(best((ceilings) => ceilings.gigabytesPerSecond))} GB/s read, ` +
            `${significant(best((ceilings) => ceilings.gigaFmaPerSecond))} GFMA/s.`,
        ]
      : []),
    ...(adapter !== null && crossover.operations.length > 0 ? [crossoverText(crossover)] : []),
    ...failures.map(({ operation, shape, message }) => `FAILED ${operation} ${shape}: ${message}`),
  ];
}

function crossoverText({ outcomes, operations }: BenchReport['crossover']): string {
  const texts = operations.map(({ operation, rows, largest }) => `${operation} ${rows ?? `not up to ${largest}`}`);
  return `Rows of ${outcomes} from which WebGPU beats the CPU reference, call to result: ${texts.join(', ')}.`;
}
