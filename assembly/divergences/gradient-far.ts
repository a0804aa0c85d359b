/**
 * The gradient of a row whose slopes leave f32 or f64, outcome by outcome: each is a product that is made by the sum of its
 * logarithms, and the mean may be in units of e^lift.
 * Twin: src/math/alpha-gradient.ts
 */
import { exponential, exponentialLessOne } from '../math/doubles';
import { logOf, logRatioOf } from './deformed-log';

export const WEIGHTS = 0;
export const LOGITS = 1;
/** Size of the logarithm of a common factor up to which slopes need no more than f64. */
export const FARTHEST: f64 = 500;
/** Size of slopes from which on their differences may leave f32. */
export const BEYOND: f64 = 8.507059173023462e37; // 2¹²⁶
const LIFTED: f64 = 600;
/** Logarithm below which a share is as good as nothing. */
const NOTHING: f64 = -300;

/** What the gradient is of. */
let form: i32 = 0;
let c: f64 = 0;
let one: f64 = 0;
/** Of the reference log own and log other, whose difference is x, and its entries. */
let logOwnThere: f64 = 0;
let logOtherThere: f64 = 0;
let ownThere: f64 = 0;
let otherThere: f64 = 0;
/** Logarithms of what makes probabilities of the entries, of logits the maximum included. */
let ownNorm: f64 = 0;
let otherNorm: f64 = 0;

/** The logarithm of a power, what the other row has in it and what the own one: masks may be so large that nothing else would be left beside them. */
let ofOther: f64 = 0;
let ofOwn: f64 = 0;
/** In units of the power of these the mean is. */
let liftOfOther: f64 = 0;
let liftOfOwn: f64 = 0;

/** An outcome: log own, log other, and log(other/own) less that at the reference. */
let logOwn: f64 = 0;
let logOther: f64 = 0;
let distance: f64 = 0;

export function farGradient(
  ofForm: i32, out: usize, own: usize, other: usize, outcomes: i32, exponent: f64, factor: f64, subtrahend: f64, ratio: f64, ownAt: f64, otherAt: f64, logOwnMass: f64, logOtherMass: f64,
): void {
  form = ofForm;
  c = exponent;
  one = subtrahend;
  ownThere = ownAt;
  otherThere = otherAt;
  ownNorm = logOwnMass;
  otherNorm = logOtherMass;
  const isPaired = form === LOGITS && ratio !== 0;
  logOwnThere = isPaired ? ownAt - ownNorm : 0;
  logOtherThere = isPaired ? otherAt - otherNorm : ratio;
  const bytes = (<usize>outcomes) << 2;
  liftOfOther = liftOfOwn = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    read(own + at, other + at);
    raiseLift();
  }
  if (liftOfOther + liftOfOwn < LIFTED) liftOfOther = liftOfOwn = 0;
  let mean: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    read(own + at, other + at);
    mean += part(true);
  }
  const scale = form === WEIGHTS ? factor * exponential(-ownNorm) : factor;
  for (let at: usize = 0; at < bytes; at += 4) {
    read(own + at, other + at);
    const entry = centred(mean);
    store<f32>(out + at, entry === 0 ? 0 : <f32>(entry * scale));
  }
}

function read(own: usize, other: usize): void {
  const x: f64 = <f64>load<f32>(own);
  const y: f64 = <f64>load<f32>(other);
  if (form === LOGITS) {
    logOwn = x - ownNorm;
    logOther = y - otherNorm;
    distance = y - otherThere - (x - ownThere);
  } else {
    logOwn = logOf(x) - ownNorm;
    logOther = logOf(y) - otherNorm;
    distance = x > 0 && y > 0 ? logRatioOf(x * otherThere, y * ownThere) : 0;
  }
}

/** Of the power (other/own)^c here, or at the reference, times own if wanted. */
function setPower(atReference: bool, withOwn: bool): void {
  ofOwn = (withOwn ? logOwn : 0) - c * (atReference ? logOwnThere : logOwn);
  ofOther = c * (atReference ? logOtherThere : logOther);
}

/** That power, in units of the lift if wanted. */
@inline
function power(atReference: bool, withOwn: bool, isLifted: bool): f64 {
  setPower(atReference, withOwn);
  return exponential(isLifted ? ofOther - liftOfOther + (ofOwn - liftOfOwn) : ofOther + ofOwn);
}

@inline
function rises(): bool {
  return one === 0 || c * distance > 0;
}

/** Brings the lift to what own T_c(x) does not exceed. */
function raiseLift(): void {
  if (logOwn === -Infinity || c === 0 || (logOther === -Infinity ? one === 0 || c < 0 : one !== 0 && distance === 0)) return;
  setPower(logOther === -Infinity || !rises(), true);
  const excess = ofOther - liftOfOther + (ofOwn - liftOfOwn);
  if (!(excess > 0)) return;
  liftOfOther = ofOther;
  liftOfOwn = ofOwn;
}

/** T_c(x) − T_c(x at the reference), in units of the lift and times own if wanted. */
function slope(withOwn: bool, isLifted: bool): f64 {
  if (logOther === -Infinity) return c < 0 ? -Infinity : one === 0 ? 0 : -power(true, withOwn, isLifted) / c;
  if (logOwn === -Infinity) return c > 0 ? Infinity : one === 0 ? 0 : -power(true, false, isLifted) / c;
  if (c === 0) return distance * exponential(withOwn ? logOwn : 0);
  if (one === 0) return power(false, withOwn, isLifted) / c;
  const x = c * distance;
  if (x > 0) return (power(false, withOwn, isLifted) * -exponentialLessOne(-x)) / c;
  return x === 0 ? 0 : (power(true, withOwn, isLifted) * exponentialLessOne(x)) / c;
}

/** own times the slope, in units of the lift if wanted; where own is 0 its limit, which is nothing, the other's mass or infinite. */
function part(isLifted: bool): f64 {
  if (logOwn > -Infinity) return slope(true, isLifted);
  if (c < 1 || logOther === -Infinity) return 0;
  return c === 1 ? exponential(isLifted ? logOther - liftOfOther - liftOfOwn : logOther) : Infinity;
}

/** share · mean − slope, where the slope's own infinity wins over that of the mean. */
function centred(mean: f64): f64 {
  const ofWeights = form === WEIGHTS;
  const scaled = ofWeights ? slope(false, true) : part(true);
  const direct = ofWeights ? slope(false, false) : part(false);
  if ((!ofWeights && logOwn === -Infinity) || !isFinite(scaled)) return -direct;
  if (!isFinite(mean)) return mean;
  const logShare = ofWeights ? 0 : logOwn;
  const ofMean = mean === 0 ? 0 : exponential(logShare + liftOfOther + liftOfOwn) * mean;
  const difference = ofMean - direct;
  if (difference === difference) return difference;
  const rest = logShare < NOTHING ? mean - slope(false, true) : exponential(logShare) * mean - scaled; // ∞ − ∞
  return rest > 0 || (rest === 0 && direct < 0) ? Infinity : -Infinity;
}
