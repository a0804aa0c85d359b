import { differenceError, maximumOf, sumOfExponentials } from './logits.ts';

/** log p, log q and log(q/p) of p = softmax a and q = softmax b, from exact differences of logits. */
export class LogitPair {
  private readonly a: ArrayLike<number>;
  private readonly b: ArrayLike<number>;
  private readonly maximumA: number;
  private readonly maximumB: number;
  private readonly logMassA: number;
  private readonly logMassB: number;
  private readonly logMassRatio: number;

  constructor(a: ArrayLike<number>, b: ArrayLike<number>) {
    this.a = a;
    this.b = b;
    this.maximumA = maximumOf(a);
    this.maximumB = maximumOf(b);
    const [massA, massB] = [sumOfExponentials(a, this.maximumA), sumOfExponentials(b, this.maximumB)];
    this.logMassA = Math.log(massA);
    this.logMassB = Math.log(massB);
    this.logMassRatio = Math.log1p((massB - massA) / massA);
  }

  logP(k: number): number {
    return this.a[k]! - this.maximumA - this.logMassA;
  }

  logQ(k: number): number {
    return this.b[k]! - this.maximumB - this.logMassB;
  }

  /** log(q/p) where both are positive. */
  logRatio(k: number): number {
    return differenceOfGaps(this.b[k]!, this.a[k]!, this.maximumB, this.maximumA) - this.logMassRatio;
  }

  /** log(q/p) less that of outcome r: the masses are in both and drop out. */
  logRatioFrom(r: number, k: number): number {
    return differenceOfGaps(this.b[k]!, this.a[k]!, this.b[r]!, this.a[r]!);
  }
}

/** (x − y) − (z − w), exact before its rounding. */
function differenceOfGaps(x: number, y: number, z: number, w: number): number {
  const [first, second] = [x - y, z - w];
  return first - second + (differenceError(first, second) + (differenceError(x, y) - differenceError(z, w)));
}
