import { BINADE, divergenceSeries, economise } from './series.ts';
import { largestPlainExponent, logOfRatio, scaledPower, Wide, type WideLogs } from './wide.ts';

/**
 * One term of the α-divergence in f64. With a = (1 + α)/2, b = (1 − α)/2, x = log(q/p), r = p^b q^a:
 *
 *     φ_α(p, q) = (b p + a q − r)/(ab) = p x² exp[0, ax, x]    (second divided difference of exp, hence ≥ 0)
 *               = q T_{−b}(x) − p T_a(x),    T_c(x) = expm1(c x)/c
 *
 * Every form below divides differences of T by the widest gap of the three nodes 0, ax, x, so that nothing is
 * singular at α = ±1; a ratio near one goes through the series φ = (q − p) s G(s), s = (q − p)/(q + p).
 */

/** The exponents of D_α: a = (1 + α)/2 of q and b = (1 − α)/2 of p. */
export interface Weights {
  readonly a: number;
  readonly b: number;
}

export function weights(alpha: number): Weights {
  return { a: (1 + alpha) / 2, b: (1 - alpha) / 2 };
}

/** T_c(x) = expm1(c x)/c, and x at c = 0. ∂φ/∂q = T_{−b}(x), ∂φ/∂p = −T_a(x). */
export function deformedLogRatio(c: number, x: number): number {
  return c === 0 ? x : Math.expm1(c * x) / c;
}

/** log(q/p) to full relative accuracy, also at q ≈ p (where q − p is exact) and where q/p overflows. */
export function logRatio(p: number, q: number): number {
  const ratio = q / p;
  if (ratio > 0.5 && ratio < 2) return Math.log1p((q - p) / p);
  return ratio > 1e-300 && ratio < 1e300 ? Math.log(ratio) : Math.log(q) - Math.log(p);
}

/** v T_c(x), where w = v e^{cx} is known: its difference with v is used once it no longer cancels. */
function scaledDeformedLog(v: number, w: number, c: number, x: number): number {
  return Math.abs(c * x) < 1 ? v * deformedLogRatio(c, x) : (w - v) / c;
}

/**
 * φ from p, q, d = q − p, r = p^b q^a and x = log(q/p), for ratios that are not near one. Homogeneous of degree one in
 * (p, q, d, r). At the widest gap w of the nodes 0, ax, x the difference loses a factor of about coth(w/4).
 */
export function termFromMean(p: number, q: number, d: number, r: number, x: number, a: number, b: number): number {
  if (a < 0) return (d - scaledDeformedLog(p, r, a, x)) / b;
  if (b < 0) return (scaledDeformedLog(q, r, -b, x) - d) / a;
  return scaledDeformedLog(q, r, -b, x) - scaledDeformedLog(p, r, a, x);
}

const DEGREE = 22; // Chebyshev on |s| ≤ 1/3 gains (3 + √8)⁻¹ a degree: 2⁻⁵⁶

/** φ_α ≈ −p^b q^a/(ab) where p^b q^a = end e^x is so large that p and q are nothing beside it. */
export function hugeTerm(end: number, x: Wide, { a, b }: Weights): number {
  return scaledPower(end, x.minus(new Wide(Math.log(Math.abs(a)) + Math.log(Math.abs(b)))));
}

/** The term φ_α with what depends on α alone computed once. */
export class AlphaTerm {
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
  /** |s| up to which the series is used; 1/|α| keeps its terms from cancelling when |α| is large. */
  readonly seriesBound: number;
  /** 1/seriesBound. */
  private readonly unit: number;
  private readonly g: Float64Array;

  constructor(alpha: number, { a, b }: Weights) {
    this.alpha = alpha;
    this.a = a;
    this.b = b;
    this.unit = Math.max(1 / BINADE, Math.abs(alpha));
    this.seriesBound = 1 / this.unit;
    this.g = economise(divergenceSeries(alpha, this.seriesBound), 1, DEGREE);
  }

  /**
   * φ_α(p, q); `difference` may be given where it is known better than by subtraction, and then the rows and the outcome
   * for powers that need the ratio better than f64 has it.
   */
  of(p: number, q: number, difference: number = q - p, rows?: Pick<WideLogs, 'wideLogRatio'>, k = 0): number {
    if (p === 0 || q === 0) return this.atZero(p, q);
    const s = difference / (p + q);
    if (Math.abs(s) <= this.seriesBound) return difference * s * this.series(s);
    return this.far(p, q, difference, rows, k);
  }

  private far(p: number, q: number, difference: number, rows: Pick<WideLogs, 'wideLogRatio'> | undefined, k: number): number {
    const x = Math.abs(difference) < p / 2 ? Math.log1p(difference / p) : logRatio(p, q);
    const a = this.a;
    const b = this.b;
    const isNearP = Math.abs(a) < Math.abs(b); // p^b q^a from the nearer end
    const end = isNearP ? p : q;
    const exponent = isNearP ? a : -b;
    if (Math.abs(exponent * x) < largestPlainExponent) return termFromMean(p, q, difference, end * Math.exp(exponent * x), x, a, b);
    const precise = new Wide(exponent).times(rows?.wideLogRatio(k) ?? logOfRatio(new Wide(p), new Wide(q)));
    if (precise.high > 600) return hugeTerm(end, precise, this);
    return termFromMean(p, q, difference, scaledPower(end, precise), x, a, b);
  }

  /** 0^c = 0 for c > 0: mass of q off the support of p costs q/b, mass of p off the support of q costs p/a. */
  atZero(p: number, q: number): number {
    if (q > 0) return this.b > 0 ? q / this.b : Infinity;
    if (p > 0) return this.a > 0 ? p / this.a : Infinity;
    return 0;
  }

  /** G(s), even and odd part apart for two independent chains of multiplications. */
  series(s: number): number {
    const g = this.g;
    const t = s * this.unit;
    const z = t * t;
    let even = g[DEGREE]!;
    let odd = g[DEGREE - 1]!;
    for (let k = DEGREE - 2; k > 0; k -= 2) {
      even = even * z + g[k]!;
      odd = odd * z + g[k - 1]!;
    }
    return even * z + g[0]! + odd * t;
  }
}

let latest: AlphaTerm | undefined;

/** The prepared term; batches ask for the same α row after row, so the latest is kept. Exponents near 0 or 1 may be known better than α. */
export function alphaTermOf(alpha: number, exponents: Weights = weights(alpha)): AlphaTerm {
  return latest?.alpha === alpha && latest.a === exponents.a && latest.b === exponents.b ? latest : (latest = new AlphaTerm(alpha, exponents));
}

/** φ_α(p, q) ≥ 0 for p, q ≥ 0; ∞ exactly where mass meets a zero whose exponent is not positive, or on overflow. */
export function alphaTerm(p: number, q: number, alpha: number, difference: number = q - p): number {
  return alphaTermOf(alpha).of(p, q, difference);
}
