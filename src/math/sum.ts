import source from '../../shaders/math/sum.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

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
