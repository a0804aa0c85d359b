/**
 * The gradient of a row whose slopes leave f32 or f64, outcome by outcome: each is a product that is made by the sum of its
 * logarithms, and the mean may be in units of e^lift.
 * Twin: src/math/alpha-gradient.ts
 */
import { exponentialOf, logOf, logRatioOf, minusOne } from './deformed-log';

export const WEIGHTS = 0;
export const LOGITS = 1;
/** Size of the logarithm of a common factor up to which slopes need no more than f64. */
export const FARTHEST: f64 = 500;
/** Size of slopes from which on their differences may leave f32. */
export const BEYOND: f64 = 8.507059173023462e37; // 2¹²⁶
const LIFTED: f64 = 600;

/** What the gradient is of. */
let form: i32 = 0;
let c: f64 = 0;
let one: f64 = 0;
/** x = log(other/own) at the reference, whose entries these are. */
let origin: f64 = 0;
let ownThere: f64 = 0;
let otherThere: f64 = 0;
/** Logarithms of what makes probabilities of the entries, of logits the maximum included. */
let ownNorm: f64 = 0;
let otherNorm: f64 = 0;

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
  origin = ratio;
  ownThere = ownAt;
  otherThere = otherAt;
  ownNorm = logOwnMass;
  otherNorm = logOtherMass;
  const bytes = (<usize>outcomes) << 2;
  let lift: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    read(own + at, other + at);
    lift = Math.max(lift, logSize());
  }
  if (lift < LIFTED) lift = 0;
  let mean: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    read(own + at, other + at);
    mean += part(lift);
  }
  const times = form === WEIGHTS ? factor * exponentialOf(-ownNorm) : factor;
  for (let at: usize = 0; at < bytes; at += 4) {
    read(own + at, other + at);
    const entry = centred(mean, lift);
    store<f32>(out + at, entry === 0 ? 0 : <f32>(entry * times));
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

/** The logarithm of what own T_c(x) does not exceed. */
function logSize(): f64 {
  const level = logOwn + c * origin;
  if (logOwn === -Infinity || c === 0) return -Infinity;
  if (logOther === -Infinity) return one !== 0 && c > 0 ? level : -Infinity;
  const x = c * distance;
  if (one === 0) return level + x;
  return x === 0 ? -Infinity : level + Math.max(0, x);
}

/** T_c(x) − T_c(x at the reference), times e^logFactor. */
function slope(logFactor: f64): f64 {
  const level = logFactor + c * origin;
  const y = distance;
  if (logOther === -Infinity) return c > 0 ? limit(level) : -Infinity;
  if (logOwn === -Infinity) return c < 0 ? limit(level) : Infinity;
  if (c === 0) return y * exponentialOf(logFactor);
  const x = c * y;
  if (one === 0) return exponentialOf(level + x) / c;
  if (x > 0) return (exponentialOf(level + x) * -minusOne(-x)) / c;
  return x === 0 ? 0 : (exponentialOf(level) * minusOne(x)) / c;
}

function limit(level: f64): f64 {
  return one === 0 ? 0 : -exponentialOf(level) / c;
}

/** own times that, over e^lift; where own is 0 its limit, which is nothing, the other's mass or infinite. */
function part(lift: f64): f64 {
  if (logOwn > -Infinity) return slope(logOwn - lift);
  if (c < 1 || logOther === -Infinity) return 0;
  return c === 1 ? exponentialOf(logOther - lift) : Infinity;
}

/** share · mean − slope, where the slope's own infinity wins over that of the mean. */
function centred(mean: f64, lift: f64): f64 {
  const logShare = form === WEIGHTS ? 0 : logOwn;
  const scaled = form === WEIGHTS ? slope(-lift) : part(lift);
  const direct = form === WEIGHTS ? slope(0) : part(0);
  if (logShare === -Infinity || !isFinite(scaled)) return -direct;
  if (!isFinite(mean)) return mean;
  const difference = exponentialOf(logShare + lift) * mean - direct;
  if (isFinite(difference)) return difference;
  return mean > slope(-lift) ? Infinity : -Infinity;
}
