/**
 * Numbers of 106 bits as sums of two f64, for the few exponents that are so large that their rounding would show in
 * the power, and for masses of rows. Dekker, Numer. Math. 18 (1971); Knuth, TAOCP 2, §4.2.2.
 */
export class Wide {
  readonly high: number;
  readonly low: number;

  constructor(high: number, low = 0) {
    this.high = high;
    this.low = low;
  }

  static sum(x: number, y: number): Wide {
    const sum = x + y;
    return new Wide(sum, Number.isFinite(sum) ? sumError(x, y, sum) : 0);
  }

  plus({ high, low }: Wide): Wide {
    const { high: sum, low: error } = Wide.sum(this.high, high);
    return normalised(sum, error + (this.low + low));
  }

  minus({ high, low }: Wide): Wide {
    return this.plus(new Wide(-high, -low));
  }

  times({ high, low }: Wide): Wide {
    return normalised(this.high * high, productError(this.high, high) + (this.high * low + this.low * high));
  }

  over(divisor: Wide): Wide {
    const quotient = this.high / divisor.high;
    const rest = this.minus(divisor.times(new Wide(quotient)));
    return normalised(quotient, rest.high / divisor.high);
  }

  get value(): number {
    return this.high + this.low;
  }
}

/** The rounding error of sum = x + y. */
export function sumError(x: number, y: number, sum: number): number {
  const back = sum - x;
  return x - (sum - back) + (y - back);
}

const SPLITTER = 2 ** 27 + 1;

/** The upper 26 bits of a significand (Veltkamp): products of such halves are exact. */
export function upperHalf(x: number): number {
  const scaled = SPLITTER * x;
  return scaled - (scaled - x);
}

/** The rounding error of x y. */
function productError(x: number, y: number): number {
  const [xUpper, yUpper] = [upperHalf(x), upperHalf(y)];
  const [xLower, yLower] = [x - xUpper, y - yUpper];
  const error = xLower * yLower - (x * y - xUpper * yUpper - xLower * yUpper - xUpper * yLower);
  return Number.isFinite(error) ? error : 0; // beyond 2⁹⁹⁶ nothing depends on it
}

function normalised(high: number, low: number): Wide {
  const sum = high + low;
  return new Wide(sum, Number.isFinite(sum) ? low - (sum - high) : 0);
}

const LN2 = new Wide(0.6931471805599453, 2.3190468138462996e-17);

/** log(q/p) of positive p and q to 2⁻⁶⁰ of itself: k log 2 + 2 atanh s, s = (q − 2^k p)/(q + 2^k p), of which only s needs all bits. */
export function logOfRatio(p: Wide, q: Wide): Wide {
  const k = Math.round(Math.log2(q.high) - Math.log2(p.high));
  const third = Math.trunc(k / 3); // 2^k may leave f64
  const [step, last] = [new Wide(2 ** third), new Wide(2 ** (k - 2 * third))];
  const scaled = p.times(step).times(step).times(last);
  const s = q.minus(scaled).over(q.plus(scaled));
  const z = s.high ** 2;
  let tail = 0; // z/3 + z²/5 + … for |s| ≤ 0.172
  for (let n = 23; n > 1; n -= 2) tail = z * (tail + 1 / n);
  const logarithm = new Wide(2 * s.high, 2 * s.low + 2 * s.high * tail);
  return new Wide(k).times(LN2).plus(normalised(logarithm.high, logarithm.low));
}

/** Exponents up to here lose nothing that matters when they are rounded to f64: the power errs by 2⁻⁵³ of the exponent. */
export const largestPlainExponent = 64;

/** factor e^x, which leaves f64 only where the result does. */
export function scaledPower(factor: number, { high, low }: Wide): number {
  if (Math.abs(high) > 2000) return factor * Math.exp(high); // 0 or ∞
  if (Math.abs(high) < 700) return factor * Math.exp(high) * (1 + low);
  const half = Math.exp(high / 2);
  return factor * half * (1 + low) * half;
}

/** What knows the logarithms of an outcome of two rows to twice the digits of f64, but for what all outcomes have in common. */
export interface WideLogs {
  wideLogP(k: number): Wide;
  /** log(q/p). */
  wideLogRatio(k: number): Wide;
}

/** a log(q/p) for a + b = 1, of which the smaller has more digits. */
export function wideShare(ratio: Wide, a: number, b: number): Wide {
  return Math.abs(a) < Math.abs(b) ? ratio.times(new Wide(a)) : ratio.minus(ratio.times(new Wide(b)));
}

/** log p^b q^a for a + b = 1. */
export function wideLogMean(rows: WideLogs, k: number, a: number, b: number): Wide {
  return rows.wideLogP(k).plus(wideShare(rows.wideLogRatio(k), a, b));
}
