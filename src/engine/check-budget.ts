/** The share of the time of the runs that checking samples of their results may take. */
export const checkShare = 0.05;

/** The part of that share that is spent on purpose. The rest is for rows that take longer than they should, as when the machine does something else. */
const planned = 0.9;

/** Milliseconds that the first row of all may be expected to take: it is checked before runs have paid for it, so that a single run is looked at too. */
const advance = 50;

/**
 * What checks may cost. The time in which something runs earns budget, once, however many runs are under way; checks spend it,
 * and what others run meanwhile earns nothing. A row is checked when the budget covers twice what it is expected to take, so
 * that all checks of an engine take at most 5 % of the time of its runs, once these have paid for the first row.
 */
export class CheckBudget {
  readonly #now: () => number;
  #running = 0;
  #since = 0;
  #ran = 0;
  #spent = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Earns the time of a run. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    if (this.#running++ === 0) this.#since = this.#now();
    try {
      return await run();
    } finally {
      if (--this.#running === 0) this.#ran += this.#now() - this.#since;
    }
  }

  spend(milliseconds: number): void {
    this.#spent += milliseconds;
    if (this.#running > 0) this.#ran -= milliseconds;
  }

  get balance(): number {
    return planned * checkShare * this.#time - this.#spent;
  }

  /** Whether a row may be checked that is expected to take so long. */
  covers(milliseconds: number): boolean {
    return 2 * milliseconds <= this.balance || (this.#spent === 0 && milliseconds <= advance);
  }

  /** Time of all checks as a share of the time of all runs. */
  get share(): number {
    return shareOf(this.#spent, this.#time);
  }

  get #time(): number {
    return this.#ran + (this.#running > 0 ? this.#now() - this.#since : 0);
  }
}

/** What the check of one result may cost: 5 % of its run, or one row, and no more than the engine has saved. */
export class Allowance {
  milliseconds = 0;
  rows = 0;
  /** Time of the first row, with what all rows need. */
  first = 0;
  #dearest = 0;
  readonly #budget: CheckBudget;
  readonly #run: number;
  readonly #expected: number | undefined;

  /** Milliseconds of the run, and those that its first row is expected to take with what all rows need; undefined where nothing limits the check. */
  constructor(budget: CheckBudget, run: number, expected: number | undefined) {
    this.#budget = budget;
    this.#run = run;
    this.#expected = expected;
  }

  /** Whether one more row may be checked. */
  get allowsRow(): boolean {
    if (this.#expected === undefined) return true;
    if (this.rows === 0) return this.#budget.covers(this.#expected);
    return this.#budget.covers(this.#dearest) && this.milliseconds + this.#dearest <= checkShare * this.#run;
  }

  /** Time of the check as a share of the time of its run. */
  get share(): number {
    return shareOf(this.milliseconds, this.#run);
  }

  /** For what all rows need. */
  prepare(milliseconds: number): void {
    this.milliseconds += milliseconds;
    this.#budget.spend(milliseconds);
  }

  /** For a row. */
  spend(milliseconds: number): void {
    this.prepare(milliseconds);
    this.#dearest = Math.max(this.#dearest, milliseconds);
    if (this.rows++ === 0) this.first = this.milliseconds;
  }
}

/** Clocks may be too coarse to see a run. */
function shareOf(part: number, whole: number): number {
  return part === 0 ? 0 : part / whole;
}
