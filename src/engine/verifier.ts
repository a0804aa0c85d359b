import { yieldWhenDue } from './event-loop.ts';
import { certify, unexamined, type Examination, type Findings } from './certificate.ts';
import { Allowance, checkShare, CheckBudget } from './check-budget.ts';
import { Queue } from './queue.ts';
import type { Reference } from './reference.ts';
import type { Certificate } from './report.ts';
import { RowCost } from './row-cost.ts';
import { seededColumns, seededRows } from './sampling.ts';
import type { Tensor } from './tensor.ts';
import type { RunHooks } from './run-hooks.ts';

export type Check = 'off' | 'sample' | 'all';

export interface CheckOptions {
  /**
   * 'sample' checks rows that a seed chooses, and of all pairs some columns of them, as many as 5 % of the time of the
   * runs allows;
   * 'all' checks every row.
   */
  readonly rows: 'sample' | 'all';
  /** Chooses the rows and columns of samples: a whole number below 2³². Every run takes the next one. */
  readonly seed?: number;
  /**
   * What becomes of a result that is wrong: read() throws a CertificateError (default), or the reference makes it
   * anew.
   */
  readonly onFailure?: 'throw' | 'fallback';
}

/** A result to check. */
export interface Verification {
  readonly tensor: Tensor;
  /** Time of its run. */
  readonly milliseconds: number;
  /**
   * Brings the numbers and the reference to where they can be compared; what that takes counts as part of the check.
   */
  readonly prepare: () => Promise<{ readonly got: Float32Array; readonly reference: Reference }>;
  /** Of the check alone. */
  readonly hooks: RunHooks;
}

const defaultSeed = 20_240_611;
const seeds = 2 ** 32;

/** Has results compared with the reference, as far as the caller of the engine wants it. */
export class Verifier {
  readonly rows: Check;
  readonly fallsBack: boolean;
  readonly #budget = new CheckBudget();
  readonly #rowCost = new RowCost();
  readonly #checks = new Queue(); // one at a time, or all would spend the same budget
  /** Results that were wrong, and where. */
  readonly #wrong = new WeakMap<Tensor, number>();
  #seed: number;

  constructor(check: Check | CheckOptions) {
    const {
      rows,
      seed = defaultSeed,
      onFailure = 'throw',
    }: Omit<CheckOptions, 'rows'> & { rows: Check } = typeof check === 'string' ? { rows: check } : check;
    this.rows = rows;
    this.fallsBack = onFailure === 'fallback';
    this.#seed = seed;
  }

  /** What the check of a result adds to its progress. How far a sample goes is not known before. */
  steps({ rows }: Tensor): number {
    return { off: 0, sample: 1, all: rows }[this.rows];
  }

  /** Whether the tensor was found to be wrong, and not mended since. */
  hasFailed(tensor: Tensor): boolean {
    return this.#wrong.has(tensor);
  }

  mended(tensor: Tensor): void {
    this.#wrong.delete(tensor);
  }

  /** Lets a run earn its share for checks. */
  async timed<T>(run: () => Promise<T>): Promise<{ result: T; milliseconds: number }> {
    const start = performance.now();
    const result = await this.#budget.during(run);
    return { result, milliseconds: performance.now() - start };
  }

  verify(verification: Verification): Promise<Certificate> {
    return this.#checks.run(() => this.#verify(verification), verification.hooks.signal);
  }

  async #verify({ tensor, milliseconds, prepare, hooks }: Verification): Promise<Certificate> {
    const known = this.#wrong.get(tensor); // what was wrong once is looked at again, whatever it costs
    const seed = this.rows === 'all' ? undefined : this.#seed++ % seeds;
    const columns = known === undefined && seed !== undefined ? seededColumns(tensor, seed) : undefined;
    const width = columns?.length ?? tensor.width;
    const expected = seed === undefined ? undefined : this.#rowCost.expected(tensor, width);
    const allowance = new Allowance(this.#budget, milliseconds, expected);
    const spent = this.#budget.share;
    let findings = unexamined(tensor);
    if (known !== undefined || allowance.allowsRow) {
      const start = performance.now();
      const { got, reference } = await prepare();
      allowance.prepare(performance.now() - start);
      findings = await certify({
        tensor,
        got,
        reference,
        order: ordered(tensor.rows, seed, known),
        columns,
        allowance,
        ...this.#betweenRows(tensor, hooks),
      });
      this.#rowCost.learn(tensor, width, allowance.first);
    }
    hooks.signal?.throwIfAborted();
    hooks.onProgress?.(this.steps(tensor), this.steps(tensor));
    if (!findings.passed) this.#wrong.set(tensor, findings.worstRow);
    const { share, milliseconds: took } = allowance;
    return {
      ...findings,
      ...(seed !== undefined && { seed }),
      reason: reasonOf(findings, spent, expected),
      milliseconds: took,
      share,
      shareOfAll: this.#budget.share,
    };
  }

  #betweenRows(tensor: Tensor, { signal, onProgress }: RunHooks): Pick<Examination, 'pause' | 'onRow'> {
    const pause = (): Promise<void> | undefined => {
      signal?.throwIfAborted();
      return yieldWhenDue();
    };
    return {
      pause,
      onRow: (done) => {
        if (this.rows === 'all') onProgress?.(done, this.steps(tensor));
      },
    };
  }
}

function* ordered(rows: number, seed: number | undefined, first: number | undefined): Generator<number> {
  if (first !== undefined) yield first;
  for (const row of seed === undefined ? Array.from({ length: rows }, (_, index) => index) : seededRows(rows, seed))
    if (row !== first) yield row;
}

function reasonOf({ rowsChecked, rows, columnsChecked, columns }: Findings, spent: number, expected = 0): string {
  const ofEach = columnsChecked < columns ? ` in ${columnsChecked} of ${columns} columns` : '';
  if (rowsChecked === rows && !ofEach) return 'all rows';
  const allowed = `${100 * checkShare} % of the time of the runs`;
  if (rowsChecked > 0)
    return `${rowsChecked} of ${rows} rows${ofEach}, chosen by the seed, for which ${allowed} allows`;
  const taken = (100 * spent).toPrecision(3);
  return `no row, for one may take ${expected.toPrecision(3)} ms, and checks have taken ${taken} of their ${allowed}`;
}
