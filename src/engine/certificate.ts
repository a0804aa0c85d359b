import { CertificateError } from './errors.ts';
import type { Operand, Operation, Tolerance } from './operation.ts';
import type { Reference } from './reference.ts';
import type { Certificate, RunReport } from './report.ts';
import type { Tensor } from './tensor.ts';

export type Check = 'off' | 'sample' | 'all';

/** The spacing of f32 relative to a number just above a power of two; the unit of every `ulps` in Dually. */
export const ulp: number = 2 ** -23;
const smallestNormal = 2 ** -126;
const largestFloat = 3.4028234663852886e38;
const sampleSize = 32;

/** Compares a GPU result with the f64 reference, row by row. `betweenRows` is awaited after each, so that a page stays alive and work can be aborted. */
export async function certify(tensor: Tensor, got: Float32Array, check: Check, reference: Reference, betweenRows: (done: number) => Promise<void> | undefined): Promise<Certificate> {
  if (tensor.origin.kind !== 'result') throw new TypeError('A source needs no certificate');
  const { operation, parameters } = tensor.origin;
  const expected = reference.operand(tensor);
  const compare = errorsOf(operation.tolerance, reference.inputs(tensor), parameters);
  const rows = check === 'all' ? Array.from({ length: tensor.rows }, (_, row) => row) : sampledRows(tensor.rows);
  let [worst, worstRow, milliseconds] = [0, rows[0] ?? 0, 0];
  for (const [index, row] of rows.entries()) {
    const start = performance.now();
    const wanted = expected.row(row);
    milliseconds += performance.now() - start;
    const error = compare(row, got.subarray(row * tensor.width, (row + 1) * tensor.width), wanted);
    if (!(error <= worst)) [worst, worstRow] = [error, row];
    await betweenRows(index + 1);
  }
  const allowed = operation.tolerance.ulps(parameters);
  return {
    rowsChecked: rows.length, rows: tensor.rows, worstRelativeError: worst, worstUlps: worst / ulp, worstRow,
    tolerance: toleranceText(operation, parameters), passed: worst <= allowed * ulp, referenceMilliseconds: milliseconds,
  };
}

/** The relative error of a row of a result, as its operation counts it. */
export function errorsOf<P>(tolerance: Tolerance<P>, operands: readonly Operand[], parameters: P): (row: number, got: ArrayLike<number>, expected: ArrayLike<number>) => number {
  return tolerance.compare?.(operands, parameters) ?? relativeErrorOf(tolerance);
}

export function toleranceText<P>({ tolerance }: Operation<P>, parameters: P): string {
  return `${tolerance.ulps(parameters)} ulp relative to the ${tolerance.relativeTo}: ${tolerance.reason}`;
}

/** How many rows a check looks at. */
export function rowsToCheck(check: Check, rows: number): number {
  return check === 'off' ? 0 : check === 'all' ? rows : Math.min(rows, sampleSize);
}

/** The first and the last row, and others by a fixed seed, so that a failure repeats. */
function sampledRows(rows: number): number[] {
  const chosen = new Set(rows > 0 ? [0, rows - 1] : []);
  let state = 20_240_611;
  while (chosen.size < Math.min(rows, sampleSize)) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    chosen.add(Math.floor((state / 2 ** 32) * rows));
  }
  return [...chosen].sort((a, b) => a - b);
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
    if (relativeTo === 'row') for (let k = 0; k < expected.length; k++) scale = Math.max(scale, Math.abs(expected[k]!));
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
    remedy: "If the inputs are results that nearly cancel here, read them and wrap the numbers anew, to judge this step alone; otherwise it is computed wrongly here: use backend: 'reference'. tensor.report has the certificate.",
  }, { cause: report });
}
