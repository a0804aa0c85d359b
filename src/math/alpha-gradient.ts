import { deformedLogRatio, type Weights } from './alpha-term.ts';
import { LogitPair } from './logit-pair.ts';
import { NormalisedPair } from './normalised-pair.ts';
import { CompensatedSum, sumOf } from './sum.ts';
import { largestPlainExponent, scaledPower, Wide, wideShare } from './wide.ts';

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
  hasOwn(k: number): boolean;
  hasOther(k: number): boolean;
  /** Logarithm of the own row's probability, and to twice the digits. */
  logOwn(k: number): number;
  wideLogOwn(k: number): Wide;
  other(k: number): number;
  /** log(other/own) at an outcome that has mass in both rows. */
  readonly logRatio: LogRatio;
  /** The same less that at r. */
  logRatioFrom(r: number): Pick<LogRatio, 'of'>;
}

interface LogRatio {
  of(k: number): number;
  /** To twice the digits. */
  wide(k: number): Parts;
}

/** What the other row has in a logarithm and what the own one: a mask may be so large that nothing would be left beside it. */
interface Parts {
  readonly own: Wide;
  readonly other: Wide;
}

/** The logarithm of a power that may leave f64: so much, and c x_r where that is in it, which as a mask may be so large that nothing counts beside it. */
interface Exponent extends Parts {
  readonly hasCommon: boolean;
}

const nothing = new Wide(0);
const none: Parts = { own: nothing, other: nothing };
const one: Exponent = { ...none, hasCommon: false };

/** T_c at each outcome, counted from the largest entry r of the own row that has a partner: T_c(x_k) − T_c(x_r) = height_k e^exponent_k. */
class Slopes {
  readonly ratios: Ratios;
  /** M = Σ own_k (T_c(x_k) − T_c(x_r)) over e^scale. */
  readonly mean: number;
  readonly scale: Exponent;
  private readonly c: number;
  private readonly d: number;
  /** c x_r. */
  private readonly common: Parts;
  /** x_k − x_r. */
  private readonly distance: Pick<LogRatio, 'of'>;
  /** Whether the largest entry of all has no partner and c > 0: its T_c is the limit −1/c, and that is the origin. */
  private readonly fromLimit: boolean;

  constructor(ratios: Ratios, { a: c, b: d }: Weights) {
    let [greatest, paired, r] = [-Infinity, -Infinity, -1];
    for (let k = 0; k < ratios.outcomes; k++) {
      const own = ratios.logOwn(k);
      greatest = Math.max(greatest, own);
      if (!(own > paired) || !ratios.hasOther(k)) continue;
      paired = own;
      r = k;
    }
    [this.ratios, this.c, this.d] = [ratios, c, d];
    this.fromLimit = c > 0 && (r < 0 || greatest > paired);
    this.distance = r < 0 ? ratios.logRatio : ratios.logRatioFrom(r);
    this.common = r < 0 ? none : this.power(r);
    this.scale = this.greatestExponent();
    const mean = new CompensatedSum();
    for (let k = 0; k < ratios.outcomes; k++) mean.add(this.part(k, this.scale));
    this.mean = mean.value;
  }

  /** own_k (T_c(x_k) − T_c(x_r)) over e^scale; where own_k is 0 its limit, which is nothing, the other's mass or infinite. */
  part(k: number, scale: Exponent): number {
    const { c, ratios } = this;
    if (!ratios.hasOwn(k)) return c < 1 || !ratios.hasOther(k) ? 0 : c === 1 ? scaledPower(ratios.other(k), this.difference(one, scale)) : Infinity;
    return this.over(k, true, scale);
  }

  /** T_c(x_k) − T_c(x_r) over e^scale. */
  alone(k: number, scale: Exponent): number {
    return this.over(k, false, scale);
  }

  difference(x: Exponent, y: Exponent): Wide {
    const [a, b] = x.hasCommon === y.hasCommon ? [x, y] : [this.whole(x), this.whole(y)];
    return a.other.minus(b.other).plus(a.own.minus(b.own));
  }

  private whole({ own, other, hasCommon }: Exponent): Parts {
    return hasCommon ? { own: own.plus(this.common.own), other: other.plus(this.common.other) } : { own, other };
  }

  private over(k: number, withOwn: boolean, scale: Exponent): number {
    const height = this.height(k);
    return height === 0 || !Number.isFinite(height) ? height : scaledPower(height, this.difference(this.exponent(k, withOwn), scale));
  }

  private height(k: number): number {
    const { c, ratios, fromLimit } = this;
    const limit = fromLimit ? 0 : -1 / c;
    if (!ratios.hasOther(k)) return c > 0 ? limit : -Infinity;
    if (!ratios.hasOwn(k)) return c < 0 ? limit : Infinity;
    if (fromLimit) return 1 / c;
    const y = this.distance.of(k);
    return c === 0 ? y : (Math.sign(c * y) * -Math.expm1(-Math.abs(c * y))) / c;
  }

  /** log own_k, if wanted, + c x_k or c x_r, whichever is larger; c x_k where T_c is counted from its limit. */
  private exponent(k: number, withOwn: boolean): Exponent {
    const { c, ratios, fromLimit, distance } = this;
    const isRaised = ratios.hasOwn(k) && ratios.hasOther(k) && (fromLimit || c * distance.of(k) > 0);
    const own = withOwn ? this.logOwn(k) : nothing;
    if (!isRaised) return { own, other: nothing, hasCommon: c !== 0 && !fromLimit };
    const power = this.power(k);
    return { own: own.plus(power.own), other: power.other, hasCommon: false };
  }

  logOwn(k: number): Wide {
    const plain = this.ratios.logOwn(k);
    return Math.abs(plain) < largestPlainExponent || plain === -Infinity ? new Wide(plain) : this.ratios.wideLogOwn(k);
  }

  /** c x_k. */
  private power(k: number): Parts {
    const { c, d, ratios } = this;
    const plain = c * ratios.logRatio.of(k);
    if (Math.abs(plain) < largestPlainExponent) return { own: new Wide(plain), other: nothing };
    const { own, other } = ratios.logRatio.wide(k);
    return { own: wideShare(own, c, d), other: wideShare(other, c, d) };
  }

  private greatestExponent(): Exponent {
    const { ratios } = this;
    let greatest: Exponent | undefined;
    for (let k = 0; k < ratios.outcomes; k++) {
      if (!ratios.hasOwn(k) || !Number.isFinite(this.height(k)) || this.height(k) === 0) continue;
      const exponent = this.exponent(k, true);
      if (!greatest || this.difference(exponent, greatest).high > 0) greatest = exponent;
    }
    return greatest ?? one;
  }
}

/** share · M − slope, where the slope's own infinity wins over that of M. `slopeOver` divides the slope by e^scale. */
function centred(logShare: Wide, slopes: Slopes, slopeOver: (scale: Exponent) => number): number {
  const { mean, scale } = slopes;
  const [slope, scaled] = [slopeOver(one), slopeOver(scale)];
  if (logShare.high === -Infinity || !Number.isFinite(scaled)) return 0 - slope;
  if (!Number.isFinite(mean)) return mean;
  const difference = (mean === 0 ? 0 : scaledPower(mean, slopes.difference(scale, one).plus(logShare))) - slope;
  if (!Number.isNaN(difference)) return difference;
  const [ofMean, ofSlope] = logShare.high > -700 ? [scaledPower(mean, logShare), scaled] : [mean, slopeOver({ ...scale, own: scale.own.plus(logShare) })];
  return Infinity * (Math.sign(ofMean - ofSlope) || -Math.sign(slope)); // ∞ − ∞; where they are alike, this slope is nearly all of M
}

/** Whether no power of the row leaves f64 or needs more of its exponent than f64 has. */
function isPlain(ratios: Ratios, c: number): boolean {
  for (let k = 0; k < ratios.outcomes; k++) {
    if (!ratios.hasOther(k) || !(Math.abs(ratios.logOwn(k)) + Math.abs(c * ratios.logRatio.of(k)) < largestPlainExponent / 2)) return false;
  }
  return true;
}

/** out = T_c(x) − T_c(x_r), for rows that are plain. */
function plainSlopes(ratios: Ratios, c: number, out: Float64Array): void {
  let r = 0;
  for (let k = 1; k < out.length; k++) if (ratios.logOwn(k) > ratios.logOwn(r)) r = k;
  const distance = ratios.logRatioFrom(r);
  const power = Math.exp(c * ratios.logRatio.of(r));
  for (let k = 0; k < out.length; k++) out[k] = power * deformedLogRatio(c, distance.of(k));
}

/** ∂D_α/∂own of rows of nonnegative numbers, by each of which the row is divided by its sum; a is the exponent c of the other row. */
export function alphaGradientOfWeights(own: ArrayLike<number>, other: ArrayLike<number>, exponents: Weights, out: Float64Array): void {
  const pair = new NormalisedPair(own, other);
  const ratios: Ratios = {
    outcomes: own.length,
    hasOwn: (k) => own[k] !== 0,
    hasOther: (k) => other[k] !== 0,
    logOwn: (k) => Math.log(pair.p(k)),
    wideLogOwn: (k) => pair.wideLogP(k),
    other: (k) => pair.q(k),
    logRatio: { of: (k) => pair.logRatio(k), wide: (k) => ({ own: nothing, other: pair.wideLogRatio(k) }) },
    logRatioFrom(r) {
      const meeting = new NormalisedPair(own, other, [own[r]!, 0, 0], [other[r]!, 0, 0]);
      return { of: (k) => meeting.logRatio(k) };
    },
  };
  const mass = sumOf(own);
  if (isPlain(ratios, exponents.a)) {
    plainSlopes(ratios, exponents.a, out);
    const mean = new CompensatedSum();
    for (let k = 0; k < out.length; k++) mean.add(pair.p(k) * out[k]!);
    for (let k = 0; k < out.length; k++) out[k] = (mean.value - out[k]!) / mass;
    return;
  }
  const slopes = new Slopes(ratios, exponents);
  for (let k = 0; k < out.length; k++) out[k] = centred(nothing, slopes, (scale) => slopes.alone(k, scale)) / mass;
}

/** ∂D_α/∂logit of the own row, for rows of logits. */
export function alphaGradientOfLogits(own: ArrayLike<number>, other: ArrayLike<number>, exponents: Weights, out: Float64Array): void {
  const pair = new LogitPair(own, other);
  const logMass = Math.log(pair.mass);
  const ratios: Ratios = {
    outcomes: own.length,
    hasOwn: (k) => own[k] !== -Infinity,
    hasOther: (k) => other[k] !== -Infinity,
    logOwn: (k) => pair.logP(k) - logMass,
    wideLogOwn: (k) => pair.wideLogP(k).minus(new Wide(logMass)),
    other: (k) => Math.exp(pair.logQ(k) - logMass),
    logRatio: { of: (k) => pair.logRatio(k), wide: (k) => ({ own: nothing.minus(pair.wideLogP(k)), other: pair.wideLogQ(k) }) },
    logRatioFrom: (r) => ({ of: (k) => pair.logRatioFrom(r, k) }),
  };
  if (isPlain(ratios, exponents.a)) {
    plainSlopes(ratios, exponents.a, out);
    const mean = new CompensatedSum();
    for (let k = 0; k < out.length; k++) mean.add((pair.p(k) / pair.mass) * out[k]!);
    for (let k = 0; k < out.length; k++) out[k] = (pair.p(k) / pair.mass) * (mean.value - out[k]!);
    return;
  }
  const slopes = new Slopes(ratios, exponents);
  for (let k = 0; k < out.length; k++) out[k] = centred(slopes.logOwn(k), slopes, (scale) => slopes.part(k, scale));
}
