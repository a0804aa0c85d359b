/**
 * p e^x / Σ p e^x for x = −η g: the step of mirror descent, straight in log-probabilities.
 * Twin: src/program/tilt.ts
 */
import { powersOf, remaindersOf, wholesOf } from '../math/doubles';
import { reducedExpm1 } from '../math/elementary';
import { lower, narrowed, quad, strideOf, total, upper } from '../math/quads';
import { putScaled, quadAt } from '../math/rows';

/** Below, an outcome has nothing left in f32, whatever its weight and the others'. */
const LEAST: f64 = -700;

export function tilts(rows: i32, _width: i32, out: usize, scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, gradient: usize, rowsOfG: i32, _outcomesOfG: i32, stepSize: f64): void {
  for (let row = 0; row < rows; row++) {
    tilt(p, gradient, out, scratch, (<usize>outcomes) << 2, -stepSize);
    out += (<usize>outcomes) << 2;
    p += strideOf(rowsOfP, outcomes);
    gradient += strideOf(rowsOfG, outcomes);
  }
}

function tilt(p: usize, gradient: usize, out: usize, weights: usize, bytes: usize, rate: f64): void {
  const rates = f64x2.splat(rate);
  const greatest = f64x2.splat(rate * (rate > 0 ? steepest(p, gradient, bytes, 1) : -steepest(p, gradient, bytes, -1)));
  let sum = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = f32x4.abs(quadAt(p + at, p + bytes));
    const g = quadAt(gradient + at, gradient + bytes);
    const low = exponentAt(f64x2.sub(f64x2.mul(lower(g), rates), greatest));
    const high = exponentAt(f64x2.sub(f64x2.mul(upper(g), rates), greatest));
    const n = wholesOf(low);
    const m = wholesOf(high);
    const growth = reducedExpm1(narrowed(remaindersOf(low, n, false), remaindersOf(high, m, false)));
    const lowWeight = f64x2.mul(f64x2.mul(lower(w), powersOf(n)), f64x2.add(lower(growth), f64x2.splat(1)));
    const highWeight = f64x2.mul(f64x2.mul(upper(w), powersOf(m)), f64x2.add(upper(growth), f64x2.splat(1)));
    v128.store(weights + 2 * at, lowWeight);
    v128.store(weights + 2 * at, highWeight, 16);
    sum = f64x2.add(sum, f64x2.add(lowWeight, highWeight));
  }
  putTerms(out, <i32>(bytes >> 2), weights, 1 / total(sum));
}

/** The largest g of outcomes that have weight; with sign −1 of −g. */
function steepest(p: usize, gradient: usize, bytes: usize, sign: f32): f64 {
  let most = quad(-Infinity);
  for (let at: usize = 0; at < bytes; at += 16) {
    const none = f32x4.eq(quadAt(p + at, p + bytes), quad(0));
    most = f32x4.pmax(most, v128.bitselect(quad(-Infinity), f32x4.mul(quadAt(gradient + at, gradient + bytes), quad(sign)), none));
  }
  return Math.max(Math.max(<f64>f32x4.extract_lane(most, 0), <f64>f32x4.extract_lane(most, 1)), Math.max(<f64>f32x4.extract_lane(most, 2), <f64>f32x4.extract_lane(most, 3)));
}

/** Where an outcome has no weight, its exponent may be above all others and means nothing. */
@inline
function exponentAt(x: v128): v128 {
  return f64x2.pmax(f64x2.pmin(x, f64x2.splat(0)), f64x2.splat(LEAST));
}

/** Writes f64 times a factor, rounded to f32. */
function putTerms(out: usize, width: i32, terms: usize, factor: f64): void {
  for (const end = out + ((<usize>width) << 2); out < end; out += 16, terms += 32) {
    putScaled(out, end, v128.load(terms), v128.load(terms, 16), f64x2.splat(factor));
  }
}
