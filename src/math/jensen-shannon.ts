import { LogitPair } from './logit-pair.ts';
import { NormalisedPair } from './normalised-pair.ts';
import { economise } from './series.ts';
import { CompensatedSum } from './sum.ts';

/**
 * One term of the Jensen–Shannon divergence with weight w of p and v = 1 − w of q. With m = w p + v q, σ = p + q,
 * d = q − p, s = d/σ, c = v − w and h(x) = (1 + x) log(1 + x), so that m = σ (1 + c s)/2:
 *
 *     w p log(p/m) + v q log(q/m) = σ/2 (w h(−s) + v h(s) − h(c s)) = w v d s J(s)
 *
 * J has J(0) = 1 and is a polynomial in c, term by term, because 1 − c² = 4 w v divides what the powers of s leave.
 */

const TERMS = 80;
const SERIES_BOUND = 0.5;
const DEGREE = 30; // Chebyshev on |s| ≤ ½ gains (2 + √3)⁻¹ a degree

/** J: the coefficient of s^(n−2) is 2 (1 + c² + … + c^(n−2))/(n(n−1)) for even n, −2c (1 + … + c^(n−3))/(n(n−1)) for odd n. */
export function mixtureSeries(weight: number): Float64Array {
  const c = 1 - 2 * weight;
  const series = new Float64Array(TERMS);
  let sum = 0;
  for (let n = 2, power = 1; n - 2 < TERMS; n += 2, power *= c * c) {
    sum += power;
    series[n - 2] = (2 * sum) / (n * (n - 1));
    if (n - 1 < TERMS) series[n - 1] = (-2 * c * sum) / ((n + 1) * n);
  }
  return series;
}

/** The term with what depends on the weight alone computed once. */
class MixtureTerm {
  readonly weight: number;
  readonly other: number;
  private readonly j: Float64Array;

  constructor(weight: number) {
    this.weight = weight;
    this.other = 1 - weight;
    this.j = economise(mixtureSeries(weight), SERIES_BOUND, DEGREE);
  }

  of(p: number, q: number, difference: number): number {
    if (p === 0 && q === 0) return 0;
    const { weight: w, other: v } = this;
    const s = difference / (p + q);
    if (Math.abs(s) <= SERIES_BOUND) return w * v * difference * s * this.j.reduceRight((sum, x) => sum * s + x, 0);
    return -(w * surplus(p, q, w, v) + v * surplus(q, p, v, w));
  }
}

/** x log(m/x) for m = own x + share y; 0 at x = 0. */
function surplus(x: number, y: number, own: number, share: number): number {
  if (x === 0) return 0;
  const excess = (share * (y - x)) / x;
  if (excess === Infinity) return x * (Math.log(own * x + share * y) - Math.log(x));
  return x * (excess > -0.5 ? Math.log1p(excess) : Math.log(own + (share * y) / x));
}

let latest: MixtureTerm | undefined;

function termOf(weight: number): MixtureTerm {
  return latest?.weight === weight ? latest : (latest = new MixtureTerm(weight));
}

/** Terms of two measures of masses 1 and 1 + Δ; what Δ adds is w v Δ²/2 to second order. */
class MixtureSum {
  private readonly terms = new CompensatedSum();
  private readonly excess = new CompensatedSum();
  private readonly term: MixtureTerm;

  constructor(weight: number) {
    this.term = termOf(weight);
  }

  add(p: number, q: number, difference: number): void {
    this.terms.add(this.term.of(p, q, difference));
    this.excess.add(difference);
  }

  divergence(mass: number): number {
    const { weight: w, other: v } = this.term;
    const extra = (w * v * this.excess.value ** 2) / (2 * mass);
    return Math.max(0, this.terms.value - extra) / (mass + w * this.excess.value);
  }
}

/** Jensen–Shannon divergence of p/Σp and q/Σq. */
export function jensenShannonOfWeights(p: ArrayLike<number>, q: ArrayLike<number>, weight: number): number {
  const pair = new NormalisedPair(p, q);
  const sum = new MixtureSum(weight);
  for (let k = 0; k < p.length; k++) sum.add(pair.p(k), pair.q(k), pair.difference(k));
  return sum.divergence(1);
}

/** Jensen–Shannon divergence of softmax a and softmax b. */
export function jensenShannonOfLogits(a: ArrayLike<number>, b: ArrayLike<number>, weight: number): number {
  const pair = new LogitPair(a, b);
  const sum = new MixtureSum(weight);
  for (let k = 0; k < a.length; k++) sum.add(pair.p(k), pair.q(k), pair.difference(k));
  return sum.divergence(pair.mass);
}

/** |s| up to which the kernel uses its polynomial, and the degree that keeps it within 2⁻²⁵ there. */
export const mixtureBound = 0.75;
export const mixtureDegree = 19;

/**
 * The constants of the WGSL kernel.
 *
 *     [0 … 19] J on |s| ≤ ¾    [20] w    [21] v    [22] w v
 *     [24] v log(1/v), the cost of q where p is 0    [25] w log(1/w)    [26] their sum, which bounds the divergence
 */
export function mixtureTable(weight: number): Float32Array<ArrayBuffer> {
  const table = new Float32Array(28);
  const [w, v] = [weight, 1 - weight];
  table.set(economise(mixtureSeries(weight), mixtureBound, mixtureDegree));
  const [ofQ, ofP] = [-v * Math.log1p(-w), -w * Math.log(w)];
  table.set([w, v, w * v, 0, ofQ, ofP, ofQ + ofP], 20);
  return table;
}
