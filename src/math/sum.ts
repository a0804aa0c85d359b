import source from '../../shaders/math/sum.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { sumError } from './wide.ts';

/** TwoSum in WGSL, over four sums of a row at a time. */
export const sumPiece: Piece = { name: 'math/sum.wgsl', source };

/**
 * Neumaier's compensated sum: the error stays near one rounding of the result plus 2⁻¹⁰⁵ Σ|x|, whatever the length.
 * Neumaier, ZAMM 54 (1974) 39–51. A sum that leaves the finite range keeps the plain sum's value (±∞, or NaN for ∞ − ∞).
 */
export class CompensatedSum {
  private sum = 0;
  private compensation = 0;

  add(x: number): void {
    const next = this.sum + x;
    this.compensation += Math.abs(this.sum) >= Math.abs(x) ? this.sum - next + x : x - next + this.sum;
    this.sum = next;
  }

  get value(): number {
    const corrected = this.sum + this.compensation;
    return Number.isNaN(corrected) ? this.sum : corrected;
  }
}

/** Σ row, compensated. */
export function sumOf(row: ArrayLike<number>): number {
  const sum = new CompensatedSum();
  for (let i = 0; i < row.length; i++) sum.add(row[i]!);
  return sum.value;
}

export type Sums = readonly [sum: number, lost: number, rest: number];

/**
 * Σ row as a sum of three numbers, each at most 2⁻⁵³ of the one before: what the rounding of a sum loses, and what the sum
 * of that loses in turn. Differences of rows whose sums are next to equal live there.
 */
export function sumInParts(row: ArrayLike<number>): Sums {
  let sum = 0;
  let lost = 0;
  let rest = 0;
  for (let i = 0; i < row.length; i++) {
    const next = sum + row[i]!;
    const error = sumError(sum, row[i]!, next);
    sum = next;
    if (error === 0) continue; // as of nearly all rows of f32
    const nextLost = lost + error;
    rest += sumError(lost, error, nextLost);
    lost = nextLost;
  }
  const total = sum + lost;
  const low = sumError(sum, lost, total);
  return [total, low + rest, sumError(low, rest, low + rest)];
}

/** The inner product in four partial sums, which a processor can make side by side. */
export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = x.length - (x.length % 4);
  for (let k = 0; k < whole; k += 4) {
    s0 += x[k]! * y[k]!;
    s1 += x[k + 1]! * y[k + 1]!;
    s2 += x[k + 2]! * y[k + 2]!;
    s3 += x[k + 3]! * y[k + 3]!;
  }
  for (let k = whole; k < x.length; k++) s0 += x[k]! * y[k]!;
  return s0 + s1 + (s2 + s3);
}
