import { logRatio } from './alpha-term.ts';
import { LogitPair } from './logit-pair.ts';
import { NormalisedPair } from './normalised-pair.ts';
import { CompensatedSum, sumOf } from './sum.ts';

/**
 * The gradient of D_α in one of its two rows, its own, with the other one fixed. With x = log(other/own) of the normalised
 * rows and c the exponent of the other row in D_α, (1 + α)/2 for p and (1 − α)/2 for q,
 *
 *     ∂D/∂own_j = (M − T_c(x_j))/Σ own,    ∂D/∂logit_j = own_j (M − T_c(x_j)),    M = Σ own T_c(x),    T_c(x) = expm1(c x)/c
 *
 * The common constant of the T_c cancels, so they are counted from T_c at the largest entry r of the own row: then slopes
 * that are nearly alike keep their digits, and those of peaked rows too. Amari & Nagaoka 2000, §3.2.
 */
interface Ratios {
  readonly outcomes: number;
  /** Logarithm of the own row's probability. */
  logOwn(k: number): number;
  other(k: number): number;
  /** log(other/own) at an outcome that has mass in both rows. */
  logRatio(k: number): number;
  /** log(other/own) less that at r, for outcomes that have mass in both rows. */
  logRatioFrom(r: number): (k: number) => number;
}

interface Origin {
  /** x at the reference r; 0 if no outcome has mass in both rows. */
  readonly x: number;
  /** x_k − x_r. */
  readonly distance: (k: number) => number;
  /** 0 where the largest entry has no partner and c > 0: its T_c is the limit −1/c, and that is the origin. */
  readonly one: 0 | 1;
}

function originOf(ratios: Ratios, c: number): Origin {
  let [greatest, paired, r] = [-Infinity, -Infinity, -1];
  for (let k = 0; k < ratios.outcomes; k++) {
    const own = ratios.logOwn(k);
    greatest = Math.max(greatest, own);
    if (!(own > paired) || ratios.other(k) === 0) continue;
    paired = own;
    r = k;
  }
  if (r < 0) return { x: 0, distance: () => 0, one: 0 };
  return { x: ratios.logRatio(r), distance: ratios.logRatioFrom(r), one: greatest > paired && c > 0 ? 0 : 1 };
}

/** T_c(x_k) − T_c(x_r) times a factor that is given by its logarithm, so that neither overflows alone. */
function slopeAt(ratios: Ratios, k: number, { x: origin, distance, one }: Origin, c: number, logFactor: number): number {
  const limit = one === 0 ? 0 : -Math.exp(logFactor + c * origin) / c;
  if (ratios.other(k) === 0) return c > 0 ? limit : -Infinity;
  if (ratios.logOwn(k) === -Infinity) return c < 0 ? limit : Infinity;
  const y = distance(k);
  if (c === 0) return y * Math.exp(logFactor);
  if (one === 0) return Math.exp(logFactor + c * (origin + y)) / c;
  return y === 0 ? 0 : Math.exp(logFactor + c * origin + Math.max(0, c * y)) * Math.sign(y) * Math.abs(Math.expm1(-Math.abs(c * y)) / c);
}

/** own_k (T_c(x_k) − T_c(x_r)) over e^logScale; where own_k is 0 its limit, which is nothing, the other's mass or infinite. */
function partAt(ratios: Ratios, k: number, origin: Origin, c: number, logScale: number): number {
  if (ratios.logOwn(k) > -Infinity) return slopeAt(ratios, k, origin, c, ratios.logOwn(k) - logScale);
  if (c < 1 || ratios.other(k) === 0) return 0;
  return c === 1 ? ratios.other(k) * Math.exp(-logScale) : Infinity;
}

/** M, less T_c(x_r), over e^logScale: at |α| = 15 a ratio of 2^150 has a power that f64 cannot hold. */
interface Mean {
  readonly value: number;
  readonly logScale: number;
}

/** The logarithm of what own_k (T_c(x_k) − T_c(x_r)) does not exceed, but for a factor of 1/c, which f64 can hold. */
function logSize(ratios: Ratios, k: number, { x: origin, distance, one }: Origin, c: number): number {
  const level = ratios.logOwn(k) + c * origin;
  if (level === -Infinity || c === 0) return -Infinity;
  if (ratios.other(k) === 0) return one === 1 && c > 0 ? level : -Infinity;
  const x = c * distance(k);
  if (one === 0) return level + x;
  return x === 0 ? -Infinity : level + Math.max(0, x);
}

function meanSlope(ratios: Ratios, origin: Origin, c: number): Mean {
  let logScale = 0;
  for (let k = 0; k < ratios.outcomes; k++) logScale = Math.max(logScale, logSize(ratios, k, origin, c));
  if (logScale < 600) logScale = 0;
  const mean = new CompensatedSum();
  for (let k = 0; k < ratios.outcomes; k++) mean.add(partAt(ratios, k, origin, c, logScale));
  return { value: mean.value, logScale };
}

/** share · M − slope, where the slope's own infinity wins over that of M. `slopeOver` divides the slope by e^logScale. */
function centred(logShare: number, { value, logScale }: Mean, slopeOver: (logScale: number) => number): number {
  const scaled = slopeOver(logScale);
  if (logShare === -Infinity || !Number.isFinite(scaled)) return 0 - slopeOver(0);
  if (!Number.isFinite(value)) return value;
  const difference = Math.exp(logShare + logScale) * value - slopeOver(0);
  return Number.isFinite(difference) ? difference : Math.sign(value - slopeOver(logScale + logShare)) * Infinity;
}

/** ∂D_α/∂own of rows of nonnegative numbers, by each of which the row is divided by its sum. */
export function alphaGradientOfWeights(own: ArrayLike<number>, other: ArrayLike<number>, c: number, out: Float64Array): void {
  const pair = new NormalisedPair(own, other);
  const ratios: Ratios = {
    outcomes: own.length,
    logOwn: (k) => Math.log(pair.p(k)),
    other: (k) => pair.q(k),
    logRatio: (k) => logRatioOf(pair, k),
    logRatioFrom(r) {
      const meeting = new NormalisedPair(own, other, own[r], other[r]);
      return (k) => logRatioOf(meeting, k);
    },
  };
  const origin = originOf(ratios, c);
  const mean = meanSlope(ratios, origin, c);
  const mass = sumOf(own);
  for (let k = 0; k < out.length; k++) out[k] = centred(0, mean, (logScale) => slopeAt(ratios, k, origin, c, -logScale)) / mass;
}

function logRatioOf(pair: NormalisedPair, k: number): number {
  const [p, q, difference] = [pair.p(k), pair.q(k), pair.difference(k)];
  return Math.abs(difference) < p / 2 ? Math.log1p(difference / p) : logRatio(p, q);
}

/** ∂D_α/∂logit of the own row, for rows of logits. */
export function alphaGradientOfLogits(own: ArrayLike<number>, other: ArrayLike<number>, c: number, out: Float64Array): void {
  const pair = new LogitPair(own, other);
  const logMass = Math.log(pair.mass);
  const ratios: Ratios = {
    outcomes: own.length,
    logOwn: (k) => pair.logP(k) - logMass,
    other: (k) => (other[k] === -Infinity ? 0 : Math.max(Number.MIN_VALUE, Math.exp(pair.logQ(k) - logMass))),
    logRatio: (k) => pair.logRatio(k),
    logRatioFrom: (r) => (k) => pair.logRatioFrom(r, k),
  };
  const origin = originOf(ratios, c);
  const mean = meanSlope(ratios, origin, c);
  for (let k = 0; k < out.length; k++) out[k] = centred(ratios.logOwn(k), mean, (logScale) => partAt(ratios, k, origin, c, logScale));
}
