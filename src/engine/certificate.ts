import type { Allowance } from './check-budget.ts';
import { CertificateError } from './errors.ts';
import { makingOf } from './lineage.ts';
import type { Operand, Composition, Tolerance } from './operation.ts';
import type { Reference } from './reference.ts';
import type { Certificate, RunReport } from './report.ts';
import { reproductionOf } from './reproduce.ts';
import type { Tensor } from './tensor.ts';

/** The spacing of f32 relative to a number just above a power of two; the unit of every `ulps` in Dually. */
export const ulp: number = 2 ** -23;
const smallestNormal = 2 ** -126;
export const largestFloat = 3.4028234663852886e38;

export interface Examination {
  readonly tensor: Tensor;
  readonly got: Float32Array;
  readonly reference: Reference;
  /** The rows to check, in this order, as far as the allowance goes. */
  readonly order: Iterable<number>;
  /** The columns to look at in each; all unless given. */
  readonly columns?: readonly number[] | undefined;
  readonly allowance: Allowance;
  /** Awaited now and then, so that a page stays alive and work can be aborted. */
  readonly pause: () => Promise<void> | undefined;
  readonly onRow: (done: number) => void;
}

/** What is found of a result; the rest of a certificate tells how it was looked for. */
export type Findings = Omit<Certificate, 'reason' | 'milliseconds' | 'share' | 'shareOfAll'>;

/** Compares a result with the f64 reference, row by row, or has each row judged by what it is. */
export async function certify({ tensor, got, reference, order, columns, allowance, pause, onRow }: Examination): Promise<Findings> {
  const { operation, parameters } = makingOf(tensor);
  const began = performance.now();
  const judged = operation.tolerance.judge && reference.given(tensor);
  const expected = judged ?? (columns ? reference.columns(tensor, columns) : reference.result(tensor));
  const { inputs } = expected;
  const compare = errorsOf(operation.tolerance, inputs, parameters);
  allowance.prepare(performance.now() - began);
  const rowOf = (row: number): Float32Array => {
    const whole = got.subarray(row * tensor.width, (row + 1) * tensor.width);
    return columns ? Float32Array.from(columns, (column) => whole[column]!) : whole;
  };
  let [worst, worstRow, milliseconds] = [0, -1, 0];
  for (const row of order) {
    if (allowance.rows > 0 && !allowance.allowsRow) break;
    const evaluation = await timed(expected.steps(row), pause);
    const start = performance.now();
    const error = compare(row, rowOf(row), expected.row(row));
    if (worstRow < 0 || !(error <= worst)) [worst, worstRow] = [error, row];
    allowance.spend(evaluation + performance.now() - start);
    milliseconds += evaluation;
    onRow(allowance.rows);
  }
  const passed = worst <= operation.tolerance.ulps(parameters) * ulp;
  return {
    ...unexamined(tensor), rowsChecked: allowance.rows, columnsChecked: expected.width, worstRelativeError: worst, worstUlps: worst / ulp, worstRow, passed, referenceMilliseconds: milliseconds,
    ...(!passed && { reproduction: reproductionOf({ operation, parameters, inputs, row: worstRow, columns, got: rowOf(worstRow), expected: expected.row(worstRow), ulps: worst / ulp }) }),
  };
}

/** Takes steps, and tells how long they took without the pauses between them. */
async function timed(steps: Iterable<void>, pause: () => Promise<void> | undefined): Promise<number> {
  let [start, milliseconds] = [performance.now(), 0];
  for (const _ of steps) {
    const turn = pause();
    if (!turn) continue;
    milliseconds += performance.now() - start;
    await turn;
    start = performance.now();
  }
  return milliseconds + performance.now() - start;
}

/** Of a result that there is no allowance to look at. */
export function unexamined(tensor: Tensor): Findings {
  const { operation, parameters } = makingOf(tensor);
  return { rowsChecked: 0, rows: tensor.rows, columnsChecked: 0, columns: tensor.width, worstRelativeError: 0, worstUlps: 0, worstRow: -1, tolerance: toleranceText(operation, parameters), passed: true, referenceMilliseconds: 0 };
}

/** The relative error of a row of a result, as its operation counts it. */
export function errorsOf<P>(tolerance: Tolerance<P>, operands: readonly Operand[], parameters: P): (row: number, got: ArrayLike<number>, expected: ArrayLike<number>) => number {
  return tolerance.judge?.(operands, parameters) ?? tolerance.compare?.(operands, parameters) ?? relativeErrorOf(tolerance);
}

export function toleranceText<P>({ tolerance }: Composition<P>, parameters: P): string {
  return `${tolerance.ulps(parameters)} ulp relative to the ${tolerance.relativeTo}: ${tolerance.reason}`;
}

function errorOf(got: number, expected: number, scale: number): number {
  if (Math.abs(expected) > largestFloat) return got === Math.sign(expected) * Infinity ? 0 : Math.abs(got / expected - 1);
  const difference = Math.abs(got - expected);
  return Math.abs(expected) < smallestNormal && difference <= smallestNormal ? 0 : difference / scale;
}

/** The worst relative error of a row. A result below the smallest normal f32 may be flushed to zero. */
function relativeErrorOf({ relativeTo }: { readonly relativeTo: 'entry' | 'row' }) {
  return (_row: number, got: ArrayLike<number>, expected: ArrayLike<number>): number => {
    let scale = smallestNormal;
    for (let k = 0; relativeTo === 'row' && k < expected.length; k++) {
      const size = Math.abs(expected[k]!);
      if (size <= largestFloat) scale = Math.max(scale, size); // beside what f32 has as ∞ all would pass
    }
    let worst = 0;
    for (let k = 0; k < expected.length; k++) {
      const [x, y] = [got[k]!, expected[k]!];
      const error = errorOf(x, y, relativeTo === 'row' ? scale : Math.abs(y));
      worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
    }
    return worst;
  };
}

export function certificateError(report: RunReport): CertificateError {
  const { operation, certificate } = report;
  return new CertificateError({
    operation, row: certificate!.worstRow, expected: `a result within ${certificate!.tolerance}`, got: `an error of ${certificate!.worstUlps.toPrecision(3)} ulp`,
    remedy: "If the inputs are results that nearly cancel here, read them and wrap the numbers anew, to judge this step alone; otherwise use backend: 'reference', or check: { rows: 'sample', onFailure: 'fallback' }. tensor.report has the certificate, error.reproduction the row.",
    reproduction: certificate!.reproduction!,
  }, { cause: report });
}
