import { CompensatedSum } from './sum.ts';

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

/** Beyond it, e^x leaves f64. */
const far = 700;

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
    this.mass = sumOfExponentials(a, this.maximumA);
    const rest = sumOfExponentials(b, this.maximumB) - this.mass;
    this.massLog = Math.abs(rest) < 0.5 * this.mass ? Math.log1p(rest / this.mass) : Math.log((this.mass + rest) / this.mass);
  }

  logP(k: number): number {
    return this.a[k]! - this.maximumA;
  }

  logQ(k: number): number {
    return this.b[k]! - this.maximumB - this.massLog;
  }

  /** log q(k) by way of p, so that their errors are alike; where e^x leaves f64 only the larger of them counts, by its own digits. */
  logQBy(k: number, x: number): number {
    return Math.abs(x) < far ? this.logP(k) + x : this.logQ(k);
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

  hasZero(k: number): boolean {
    return this.a[k] === -Infinity || this.b[k] === -Infinity;
  }

  p(k: number): number {
    return Math.exp(this.logP(k));
  }

  q(k: number): number {
    return this.hasZero(k) ? Math.exp(this.logQ(k)) : Math.exp(this.logQBy(k, this.logRatio(k)));
  }

  /** q(k) − p(k), without cancellation. */
  difference(k: number): number {
    const x = this.hasZero(k) ? Infinity : this.logRatio(k);
    return Math.abs(x) < 1 ? this.p(k) * Math.expm1(x) : this.q(k) - this.p(k);
  }
}

/** (x − y) − (z − w), exact before its rounding. */
function differenceOfGaps(x: number, y: number, z: number, w: number): number {
  const [first, second] = [x - y, z - w];
  return first - second + (differenceError(first, second) + (differenceError(x, y) - differenceError(z, w)));
}
