import type { Errors } from './report.ts';

/** In ulp, an error as large as the exact value: larger and infinite ones and NaN count as this much, for no digit is right. */
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

/** The relative error of a result; an exact zero or infinity has to be met. */
export function relativeError(got: number, expected: number): number {
  if (got === expected) return 0;
  const error = Math.abs(got - expected) / Math.abs(expected);
  return Number.isNaN(error) ? Infinity : error;
}
