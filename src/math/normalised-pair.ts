import { sumOf } from './sum.ts';

const SPLITTER = 2 ** 27 + 1;

/** The upper 26 bits of a significand (Veltkamp): products of such halves are exact. */
function upperHalf(x: number): number {
  const scaled = SPLITTER * x;
  return scaled - (scaled - x);
}

/** A power of two that brings x near one. */
function scaleOf(x: number): number {
  return 2 ** -Math.min(1000, Math.max(-1000, Math.floor(Math.log2(x))));
}

/**
 * The entries of p/Σp and q/Σq with their difference (q_k P − p_k Q)/(PQ) formed from exact products, so that rows
 * which differ by 1e-12 and a constant factor lose nothing. Rounding of P and Q themselves is common to all entries.
 * Both sums must be positive and finite.
 */
export class NormalisedPair {
  private readonly rowP: ArrayLike<number>;
  private readonly rowQ: ArrayLike<number>;
  private readonly scaleP: number;
  private readonly scaleQ: number;
  private readonly massP: number;
  private readonly massQ: number;
  private readonly upperP: number;
  private readonly upperQ: number;

  /** Other masses than the sums bring the rows to meet elsewhere: entries of an outcome, where both become 1. */
  constructor(p: ArrayLike<number>, q: ArrayLike<number>, sumP: number = sumOf(p), sumQ: number = sumOf(q)) {
    this.rowP = p;
    this.rowQ = q;
    this.scaleP = scaleOf(sumP);
    this.scaleQ = scaleOf(sumQ);
    this.massP = sumP * this.scaleP;
    this.massQ = sumQ * this.scaleQ;
    this.upperP = upperHalf(this.massP);
    this.upperQ = upperHalf(this.massQ);
  }

  p(k: number): number {
    return (this.rowP[k]! * this.scaleP) / this.massP;
  }

  q(k: number): number {
    return (this.rowQ[k]! * this.scaleQ) / this.massQ;
  }

  /** q(k) − p(k), relative error of one rounding or 2⁻⁷⁹ of the entries. */
  difference(k: number): number {
    const p = this.rowP[k]! * this.scaleP;
    const q = this.rowQ[k]! * this.scaleQ;
    const pUpper = upperHalf(p);
    const qUpper = upperHalf(q);
    const pLower = p - pUpper;
    const qLower = q - qUpper;
    const massPLower = this.massP - this.upperP;
    const massQLower = this.massQ - this.upperQ;
    const crossed =
      qUpper * this.upperP -
      pUpper * this.upperQ +
      (qUpper * massPLower -
        pUpper * massQLower +
        (qLower * this.upperP - pLower * this.upperQ) +
        (qLower * massPLower - pLower * massQLower));
    return crossed / (this.massP * this.massQ);
  }
}
