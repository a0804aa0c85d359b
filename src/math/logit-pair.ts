import { CompensatedSum } from './sum.ts';
import { Wide } from './wide.ts';

export function maximumOf(row: ArrayLike<number>): number {
  let maximum = -Infinity;
  for (let k = 0; k < row.length; k++) maximum = Math.max(maximum, row[k]!);
  return maximum;
}

/** Σ exp(row − shift), compensated. */
export function sumOfExponentials(row: ArrayLike<number>, shift: number): number {
  const sum = new CompensatedSum();
  for (let k = 0; k < row.length; k++) sum.add(Math.exp(row[k]! - shift));
  return sum.value;
}

/** The rounding error of the computed x − y (Knuth's TwoDiff). */
function differenceError(x: number, y: number): number {
  const difference = x - y;
  const back = difference - x;
  return x - (difference - back) - (y + back);
}

/**
 * Rows of logits as measures p̃ = exp(a − max a) of mass S and p̃ e^x of nearly the same, with x = log(q/p) from exact
 * differences of logits. Entries of −∞ are probabilities of zero.
 */
export class LogitPair {
  /** S = Σ p̃. */
  readonly mass: number;
  private readonly a: ArrayLike<number>;
  private readonly b: ArrayLike<number>;
  private readonly maximumA: number;
  private readonly maximumB: number;
  private readonly massLog: number;

  constructor(a: ArrayLike<number>, b: ArrayLike<number>) {
    this.a = a;
    this.b = b;
    this.maximumA = maximumOf(a);
    this.maximumB = maximumOf(b);
    const [mass, rest] = [new CompensatedSum(), new CompensatedSum()];
    for (let k = 0; k < a.length; k++) {
      const p = this.p(k);
      const gap = differenceOfGaps(b[k]!, this.maximumB, a[k]!, this.maximumA); // NaN at −∞
      mass.add(p);
      rest.add(Math.abs(gap) < 1 ? p * Math.expm1(gap) : Math.exp(b[k]! - this.maximumB) - p);
    }
    this.mass = mass.value;
    this.massLog = Math.log1p(rest.value / this.mass);
  }

  logP(k: number): number {
    return this.a[k]! - this.maximumA;
  }

  logQ(k: number): number {
    return this.b[k]! - this.maximumB - this.massLog;
  }

  /** log(q/p) where neither is zero. */
  logRatio(k: number): number {
    const [a, b] = [this.a[k]!, this.b[k]!];
    const shift = this.maximumB - this.maximumA;
    const delta = b - a;
    const unshifted = delta - shift;
    const errors = differenceError(b, a) + differenceError(delta, shift) - differenceError(this.maximumB, this.maximumA);
    return unshifted - this.massLog + (differenceError(unshifted, this.massLog) + errors);
  }

  /** log(q/p) less that of outcome r: the masses are in both and drop out. */
  logRatioFrom(r: number, k: number): number {
    return differenceOfGaps(this.b[k]!, this.a[k]!, this.b[r]!, this.a[r]!);
  }

  /** log(q/p), log(p̃ q/p) and log p̃ to twice the digits. */
  wideLogRatio(k: number): Wide {
    return this.wideLogQ(k).minus(this.wideLogP(k));
  }

  wideLogQ(k: number): Wide {
    return Wide.sum(this.b[k]!, -this.maximumB).minus(new Wide(this.massLog));
  }

  wideLogP(k: number): Wide {
    return Wide.sum(this.a[k]!, -this.maximumA);
  }

  hasZero(k: number): boolean {
    return this.a[k] === -Infinity || this.b[k] === -Infinity;
  }

  p(k: number): number {
    return Math.exp(this.logP(k));
  }

  q(k: number): number {
    return Math.exp(this.logQ(k));
  }

  /** q(k) − p(k), without cancellation. */
  difference(k: number): number {
    const x = this.hasZero(k) ? Infinity : this.logRatio(k); // q − p cancels where it is small
    return Math.abs(x) < 1 ? this.p(k) * Math.expm1(x) : this.q(k) - this.p(k);
  }
}

/** (x − y) − (z − w), exact before its rounding. */
function differenceOfGaps(x: number, y: number, z: number, w: number): number {
  const [first, second] = [x - y, z - w];
  return first - second + (differenceError(first, second) + (differenceError(x, y) - differenceError(z, w)));
}
