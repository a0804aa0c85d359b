/** The share of the time of the runs that checking samples of their results may take. */
export const checkShare = 0.05;

/**
 * What checks may cost. The time in which something runs earns credit, once, however many runs are under way; checks spend it,
 * and what others run meanwhile earns nothing. The first row of a result is checked while the engine is not in debt, for what a
 * row costs is not known before. It may leave a debt, which runs pay off; so all checks of an engine take at most 5 % of the
 * time of its runs and the cost of one row (the first is checked at once, so that even a single run is looked at).
 */
export class Credit {
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
    return checkShare * this.#time - this.#spent;
  }

  /** Time of all checks as a share of the time of all runs. */
  get share(): number {
    return shareOf(this.#spent, this.#time);
  }

  get #time(): number {
    return this.#ran + (this.#running > 0 ? this.#now() - this.#since : 0);
  }
}

/** What the check of one result may cost: 5 % of its run, or one row, and no more than the engine has. */
export class Allowance {
  milliseconds = 0;
  rows = 0;
  #dearest = 0;
  readonly #credit: Credit;
  readonly #run: number;
  readonly #unlimited: boolean;

  /** `run` is the time of the run in milliseconds. */
  constructor(credit: Credit, run: number, unlimited = false) {
    this.#credit = credit;
    this.#run = run;
    this.#unlimited = unlimited;
  }

  /** Whether one more row may be checked. */
  get allowsRow(): boolean {
    if (this.#unlimited) return true;
    if (this.rows === 0) return this.#credit.balance >= 0;
    return this.#dearest <= this.#credit.balance && this.milliseconds + this.#dearest <= checkShare * this.#run;
  }

  /** Time of the check as a share of the time of its run. */
  get share(): number {
    return shareOf(this.milliseconds, this.#run);
  }

  /** For what all rows need. */
  prepare(milliseconds: number): void {
    this.milliseconds += milliseconds;
    this.#credit.spend(milliseconds);
  }

  /** For a row. */
  spend(milliseconds: number): void {
    this.prepare(milliseconds);
    this.#dearest = Math.max(this.#dearest, milliseconds);
    this.rows++;
  }
}

/** Clocks may be too coarse to see a run. */
function shareOf(part: number, whole: number): number {
  return part === 0 ? 0 : part / whole;
}
