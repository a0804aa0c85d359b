import type { Errors } from './report.ts';

/**
 * In ulp, an error as large as the exact value: larger and infinite ones and NaN count as this much, for no digit is
 * right.
 */
export const ALL_WRONG: number = 2 ** 23;

/** Collects errors. */
export class Tally<Where> {
  #count = 0;
  #sum = 0;
  #worst = -1;
  #worstAt: Where | undefined;

  add(error: number, where: Where): void {
    const counted = error <= ALL_WRONG ? error : ALL_WRONG;
    this.#count++;
    this.#sum += counted;
    if (counted > this.#worst) [this.#worst, this.#worstAt] = [counted, where];
  }

  get errors(): Errors {
    return {
      count: this.#count,
      worst: Math.max(0, this.#worst),
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
    };
  }

  /** Of the worst error; undefined while there is none. */
  get worstAt(): Where | undefined {
    return this.#worstAt;
  }
}
