import { CompensatedSum } from './sum.ts';

/**
 * A row as levels relative to its greatest entry g: e_k = p_k/g of weights, exp(z_k − max z) of logits; the probabilities
 * are e_k/Σe. The surprisal −log p_k = log Σe + log(1/e_k) is a sum of two parts ≥ 0, and Σe = 1 + rest, where the rest
 * keeps its digits when one entry has nearly all of the mass.
 */
export class Levels {
  private readonly row: ArrayLike<number>;
  private readonly ofLogits: boolean;
  private readonly greatest: number;

  constructor(row: ArrayLike<number>, ofLogits: boolean) {
    this.row = row;
    this.ofLogits = ofLogits;
    let greatest = -Infinity;
    for (let k = 0; k < row.length; k++) greatest = Math.max(greatest, row[k]!);
    this.greatest = greatest;
  }

  isZero(k: number): boolean {
    return this.row[k] === (this.ofLogits ? -Infinity : 0);
  }

  /** e_k. */
  level(k: number): number {
    return this.ofLogits ? Math.exp(this.row[k]! - this.greatest) : this.row[k]! / this.greatest;
  }

  /** log(1/e_k); ∞ for a zero. */
  descent(k: number): number {
    const [x, greatest] = [this.row[k]!, this.greatest];
    if (this.ofLogits) return greatest - x;
    return 2 * x > greatest ? Math.log1p((greatest - x) / x) : -Math.log(x / greatest);
  }

  /** log Σe. */
  logMass(): number {
    const rest = new CompensatedSum();
    let greatest = true;
    for (let k = 0; k < this.row.length; k++) {
      if (greatest && this.row[k] === this.greatest) greatest = false;
      else rest.add(this.level(k));
    }
    return Math.log1p(rest.value);
  }
}

/** Σ p_k (−log q_k) of the normalised rows; ∞ where q is zero and p is not. */
export function meanSurprisal(p: Levels, q: Levels, outcomes: number): number {
  const [surprisal, mass] = [new CompensatedSum(), new CompensatedSum()];
  for (let k = 0; k < outcomes; k++) {
    if (p.isZero(k)) continue;
    if (q.isZero(k)) return Infinity;
    surprisal.add(p.level(k) * q.descent(k));
    mass.add(p.level(k));
  }
  return q.logMass() + surprisal.value / mass.value;
}
