import { sumInParts, type Sums } from './sum.ts';
import { logOfRatio, upperHalf, Wide } from './wide.ts';

/** A power of two that brings x near one. */
function scaleOf(x: number): number {
  return 2 ** -Math.min(1000, Math.max(-1000, Math.floor(Math.log2(x))));
}

/**
 * The entries of p/Σp and q/Σq with their difference (q_k P − p_k Q)/(PQ) formed from exact products with sums of
 * three f64 each, so that rows which differ by an ulp, by 1e-12 and a constant factor, or in an entry of 1e-30 beside
 * others of 1 lose nothing. Both sums must be positive and finite.
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
  /** What the sums have beyond f64; nothing, of most rows. */
  private readonly lost: { readonly p: Wide; readonly q: Wide } | undefined;

  /** Other masses than the sums bring the rows to meet elsewhere: entries of an outcome, where both become 1. */
  constructor(p: ArrayLike<number>, q: ArrayLike<number>, sumsP: Sums = sumInParts(p), sumsQ: Sums = sumInParts(q)) {
    this.rowP = p;
    this.rowQ = q;
    this.scaleP = scaleOf(sumsP[0]);
    this.scaleQ = scaleOf(sumsQ[0]);
    this.massP = sumsP[0] * this.scaleP;
    this.massQ = sumsQ[0] * this.scaleQ;
    this.upperP = upperHalf(this.massP);
    this.upperQ = upperHalf(this.massQ);
    if (sumsP[1] === 0 && sumsQ[1] === 0) return;
    const lostOf = ([, lost, rest]: Sums, scale: number): Wide => new Wide(lost * scale, rest * scale);
    this.lost = { p: lostOf(sumsP, this.scaleP), q: lostOf(sumsQ, this.scaleQ) };
  }

  p(k: number): number {
    return (this.rowP[k]! * this.scaleP) / this.massP;
  }

  q(k: number): number {
    return (this.rowQ[k]! * this.scaleQ) / this.massQ;
  }

  /** q(k) − p(k), relative error of three roundings or 2⁻¹⁵⁰ of the entries. */
  difference(k: number): number {
    const p = this.rowP[k]! * this.scaleP;
    const q = this.rowQ[k]! * this.scaleQ;
    const pUpper = upperHalf(p);
    const qUpper = upperHalf(q);
    const pLower = p - pUpper; // 0 of entries in f32
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
    return (this.lost ? crossed + crossedWith(p, q, this.lost) : crossed) / (this.massP * this.massQ);
  }

  /** log(q/p) at an outcome that both have. */
  logRatio(k: number): number {
    const growth = this.difference(k) / this.p(k);
    return Math.abs(growth) < 0.5 ? Math.log1p(growth) : Math.log(this.q(k) / this.p(k));
  }

  /** The same to twice the digits. */
  wideLogRatio(k: number): Wide {
    return logOfRatio(this.wideMassQ.times(new Wide(this.rowP[k]! * this.scaleP)), this.wideMassP.times(new Wide(this.rowQ[k]! * this.scaleQ)));
  }

  /** log p(k) to twice the digits. */
  wideLogP(k: number): Wide {
    return logOfRatio(this.wideMassP, new Wide(this.rowP[k]! * this.scaleP));
  }

  private get wideMassP(): Wide {
    return new Wide(this.massP, this.lost?.p.high ?? 0);
  }

  private get wideMassQ(): Wide {
    return new Wide(this.massQ, this.lost?.q.high ?? 0);
  }
}

/** q lost(P) − p lost(Q), the exact products first. */
function crossedWith(p: number, q: number, lost: { readonly p: Wide; readonly q: Wide }): number {
  const [upperP, upperQ] = [upperHalf(lost.p.high), upperHalf(lost.q.high)];
  return q * upperP - p * upperQ + (q * (lost.p.high - upperP) - p * (lost.q.high - upperQ) + (q * lost.p.low - p * lost.q.low));
}
