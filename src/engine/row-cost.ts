import { makingOf } from './lineage.ts';
import type { Composition } from './operation.ts';
import type { Tensor } from './tensor.ts';
import { workOf } from './work.ts';

/** Milliseconds that the reference is assumed to take for a number, until it has been seen: a logarithm or two, compensated sums. */
const assumed = 2e-4;

/** What a row of a check may be expected to take, by the work in it and by earlier checks of results of the same operation. */
export class RowCost {
  /** Milliseconds for each number. */
  readonly #seen = new WeakMap<Composition, number>();

  /** Of one row of so many columns, with what all rows need. */
  expected(tensor: Tensor, columns: number): number {
    return numbersOf(tensor, columns) * (this.#seen.get(makingOf(tensor).operation) ?? assumed);
  }

  /** What was dear once is trusted to be cheap only by and by: parameters differ, and so do moments. */
  learn(tensor: Tensor, columns: number, milliseconds: number): void {
    const { operation } = makingOf(tensor);
    this.#seen.set(operation, Math.max(milliseconds / numbersOf(tensor, columns), (this.#seen.get(operation) ?? 0) / 2));
  }
}

function numbersOf(tensor: Tensor, columns: number): number {
  return (workOf(tensor, () => false).numbers / (tensor.rows * tensor.width)) * columns;
}
