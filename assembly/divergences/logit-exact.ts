/**
 * D_α(softmax p ‖ softmax q) in f64 outcome by outcome, for what the sweeps in f32 leave: divergences that differences of
 * the masses hide, ratios beyond the table, logits of thousands.
 * Twin: src/math/logits.ts
 */
import { exponential, exponentialLessOne, logarithmOfOnePlus } from '../math/doubles';
import { geometricMean, nearTerm } from '../math/alpha-series';

let highestP: f64 = 0;
let highestQ: f64 = 0;
let massLog: f64 = 0;

/** D_α, −3 ≤ α ≤ 0. */
export function exactDivergence(alpha: f64, p: usize, q: usize, outcomes: i32, largestP: f32, largestQ: f32): f64 {
  const a = (1 + alpha) / 2;
  highestP = <f64>largestP;
  highestQ = <f64>largestQ;
  const mass = massOf(p, outcomes, highestP);
  massLog = logarithmOfOnePlus((massOf(q, outcomes, highestQ) - mass) / mass);
  let value: f64 = 0;
  let excess: f64 = 0;
  const end = p + ((<usize>outcomes) << 2);
  for (; p < end; p += 4, q += 4) {
    const logitP = <f64>load<f32>(p);
    const logitQ = <f64>load<f32>(q);
    const p0 = exponential(logitP - highestP);
    if (logitP === -Infinity || logitQ === -Infinity) {
      const q0 = exponential(logitQ - highestQ - massLog);
      if (logitQ > -Infinity) value += q0 / (1 - a);
      if (logitP > -Infinity) value += a > 0 ? p0 / a : Infinity;
      excess += q0 - p0;
      continue;
    }
    const x = logRatio(logitP, logitQ);
    const growth = exponentialLessOne(x);
    if (growth > -0.5 && growth < 1) {
      value += nearTerm(alpha, p0, p0 * growth);
      excess += p0 * growth;
    } else {
      const q0 = exponential(logitQ - highestQ - massLog);
      value += farTerm(a, p0, q0, exponential(logitP - highestP + a * x), x);
      excess += q0 - p0;
    }
  }
  if (value === Infinity) return Infinity;
  return Math.max(0, value - nearTerm(alpha, mass, excess)) / geometricMean(a, mass, excess);
}

/** φ_α from p, q, r = p^(1−a) q^a and x = log(q/p), which is not near 0. */
@inline
function farTerm(a: f64, p: f64, q: f64, r: f64, x: f64): f64 {
  const ofP = scaledDeformedLog(p, r, a, x);
  return a < 0 ? (q - p - ofP) / (1 - a) : scaledDeformedLog(q, r, a - 1, x) - ofP;
}

/** v T_c(x) with T_c(x) = expm1(c x)/c, where w = v e^{cx}. */
function scaledDeformedLog(v: f64, w: f64, c: f64, x: f64): f64 {
  if (c === 0) return v === 0 ? 0 : v * x;
  return Math.abs(c * x) < 1 ? (v * exponentialLessOne(c * x)) / c : (w - v) / c;
}

/** log(q/p), its differences with their rounding errors. */
@inline
function logRatio(logitP: f64, logitQ: f64): f64 {
  const shift = highestQ - highestP;
  const difference = logitQ - logitP;
  const unshifted = difference - shift;
  const errors = differenceError(logitQ, logitP) + differenceError(difference, shift) - differenceError(highestQ, highestP);
  return unshifted - massLog + (differenceError(unshifted, massLog) + errors);
}

/** The rounding error of x − y (Knuth's TwoDiff). */
@inline
function differenceError(x: f64, y: f64): f64 {
  const difference = x - y;
  const back = difference - x;
  return x - (difference - back) - (y + back);
}

function massOf(at: usize, outcomes: i32, shift: f64): f64 {
  let sum: f64 = 0;
  const end = at + ((<usize>outcomes) << 2);
  for (; at < end; at += 4) sum += exponential(<f64>load<f32>(at) - shift);
  return sum;
}
