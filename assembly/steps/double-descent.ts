/**
 * Mirror descent of one row in f64, for exponents and probabilities that leave f32: the same steps as the reference's.
 * Twin: src/steps/mirror-descent.ts
 */
import { exponentials, logarithm } from '../math/doubles';
import { massOf, weightAt } from '../math/rows';

const LARGEST_SLOPE: f64 = 1e30;
const SMALLEST: f32 = 1.1754943508222875e-38;
const LEAST_EXPONENT: f64 = -745; // below, e^x is 0

/** What an outcome needs: log w before normalisation, log p, log t and x, two outcomes side by side. */
const PAIR: usize = 64;

/** log Σ p e^x without the greatest x. */
let logMass: f64 = 0;

export function descendInDouble(state: usize, out: usize, p: usize, t: usize, outcomes: i32, steps: i32, stepSize: f64, c: f64): void {
  const end = state + (<usize>((outcomes + 1) >> 1)) * PAIR;
  prepare(state, p, t, outcomes);
  normalise(state, end);
  for (let step = 0; step < steps; step++) {
    for (let at = state; at < end; at += PAIR) v128.store(at, f64x2.sub(v128.load(at, 48), f64x2.mul(f64x2.splat(stepSize), slopes(at, c))), 48);
    normalise(state, end);
  }
  for (let k = 0; k < outcomes; k++) {
    const at = state + (<usize>(k >> 1)) * PAIR + ((<usize>(k & 1)) << 3);
    const w = <f32>f64x2.extract_lane(exponentials(f64x2.splat(load<f64>(at) - logMass), 0), 0);
    store<f32>(out + ((<usize>k) << 2), w < SMALLEST ? 0 : w);
  }
}

function prepare(state: usize, p: usize, t: usize, outcomes: i32): void {
  const massOfT = massOf(t, outcomes);
  for (let k = 0; k < outcomes + (outcomes & 1); k++) {
    const at = state + (<usize>(k >> 1)) * PAIR + ((<usize>(k & 1)) << 3);
    const weight = k < outcomes ? weightAt(p, k) : 0;
    const target = k < outcomes ? weightAt(t, k) : 0;
    store<f64>(at, weight > 0 ? logarithm(weight) : -Infinity, 16);
    store<f64>(at, target > 0 ? logarithm(target / massOfT) : -Infinity, 32);
    store<f64>(at, weight > 0 ? 0 : -Infinity, 48);
  }
}

/** log p + x of all outcomes without the greatest x, beside which log p may not count, and the logarithm of the sum of their exponentials. */
function normalise(state: usize, end: usize): void {
  const origin = f64x2.splat(greatest(state + 48, end));
  for (let at = state; at < end; at += PAIR) v128.store(at, f64x2.add(v128.load(at, 16), f64x2.sub(v128.load(at, 48), origin)));
  const most = greatest(state, end);
  let sum = f64x2.splat(0);
  for (let at = state; at < end; at += PAIR) sum = f64x2.add(sum, exponentials(f64x2.sub(v128.load(at), f64x2.splat(most)), 0));
  logMass = most + logarithm(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

function greatest(at: usize, end: usize): f64 {
  let most = f64x2.splat(-Infinity);
  for (; at < end; at += PAIR) most = f64x2.max(most, v128.load(at));
  return Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}

/** T_c(log w/t), and 0 where w is 0. */
@inline
function slopes(at: usize, c: f64): v128 {
  const logW = f64x2.sub(v128.load(at), f64x2.splat(logMass));
  const x = f64x2.sub(logW, v128.load(at, 32));
  const slope = c === 0 ? x : f64x2.mul(exponentials(f64x2.mul(f64x2.splat(c), x), 1), f64x2.splat(1 / c));
  const largest = f64x2.splat(LARGEST_SLOPE);
  const finite = f64x2.max(f64x2.min(slope, largest), f64x2.neg(largest));
  return v128.and(finite, f64x2.gt(logW, f64x2.splat(LEAST_EXPONENT)));
}
