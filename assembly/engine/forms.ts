/**
 * Finds the first row that breaks the rules of its form.
 * Twin: src/engine/forms.ts, which says what is wrong with it.
 */
import { exponential } from '../math/elementary';
import { accumulated, partial, quad, quadOf, total } from '../math/quads';

const PROBABILITIES = 0;
const LOG_PROBABILITIES = 1;
const LOGITS = 2;
const WEIGHTS = 3;

const SUM_TOLERANCE: f64 = 1e-3;
/** More than three roundings of f32 are, relative to a sum. */
const ROUGHNESS: f64 = 1e-6;
const SMALLEST_MASS: f64 = 7.888609052210118e-31; // 2⁻¹⁰⁰
const LARGEST_MASS: f64 = 1.2676506002282294e30; // 2¹⁰⁰

/** The first bad row, or −1. */
export function firstBadRow(form: i32, rows: i32, width: i32, at: usize): i32 {
  for (let row = 0; row < rows; row++) {
    if (!isGood(form, width, at)) return row;
    at += (<usize>width) << 2;
  }
  return -1;
}

@inline
function isGood(form: i32, width: i32, at: usize): bool {
  switch (form) {
    case PROBABILITIES: return Math.abs(roughSum(width, at) - 1) <= SUM_TOLERANCE - ROUGHNESS || Math.abs(sumOf(PROBABILITIES, width, at) - 1) <= SUM_TOLERANCE;
    case LOG_PROBABILITIES: return Math.abs(sumOf(LOG_PROBABILITIES, width, at) - 1) <= SUM_TOLERANCE;
    case LOGITS: return areBelowInfinity(width, at, -1);
    case WEIGHTS: {
      const rough = roughSum(width, at);
      if (rough >= SMALLEST_MASS * (1 + ROUGHNESS) && rough <= LARGEST_MASS * (1 - ROUGHNESS)) return true;
      const sum = sumOf(WEIGHTS, width, at);
      return sum >= SMALLEST_MASS && sum <= LARGEST_MASS;
    }
    default: return areBelowInfinity(width, at, i32.MAX_VALUE);
  }
}

/** The sum of nonnegative entries, of which 32 at a time are added in f32: right to three roundings. NaN if one is negative. */
function roughSum(width: i32, at: usize): f64 {
  let sum = f64x2.splat(0);
  let least = f32x4.splat(0);
  const end = at + ((<usize>width) << 2);
  const whole = at + ((<usize>(width & ~31)) << 2);
  for (; at < whole; at += 128) {
    const x0 = v128.load(at);
    const x1 = v128.load(at, 16);
    const x2 = v128.load(at, 32);
    const x3 = v128.load(at, 48);
    const x4 = v128.load(at, 64);
    const x5 = v128.load(at, 80);
    const x6 = v128.load(at, 96);
    const x7 = v128.load(at, 112);
    const low = f32x4.pmin(f32x4.pmin(x0, x1), f32x4.pmin(x2, x3));
    least = f32x4.pmin(least, f32x4.pmin(low, f32x4.pmin(f32x4.pmin(x4, x5), f32x4.pmin(x6, x7))));
    sum = accumulated(sum, f32x4.add(f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3)), f32x4.add(f32x4.add(x4, x5), f32x4.add(x6, x7))));
  }
  for (; at < end; at += 16) {
    const count = min(<i32>((end - at) >> 2), 4);
    const x = quadOf(at, count);
    least = f32x4.pmin(least, x);
    sum = accumulated(sum, x);
  }
  return v128.any_true(f32x4.lt(least, quad(0))) ? NaN : total(sum);
}

/** Whether all entries are below ∞, and one is above −∞; with a mask that takes the sign away, whether all are finite. */
function areBelowInfinity(width: i32, at: usize, mask: i32): bool {
  const kept = i32x4.splat(mask);
  let good = i32x4.splat(-1);
  let finite = i32x4.splat(0);
  const end = at + ((<usize>width) << 2);
  const whole = at + ((<usize>(width & ~3)) << 2);
  for (; at < whole; at += 16) {
    const x = v128.and(v128.load(at), kept);
    good = v128.and(good, f32x4.lt(x, quad(Infinity)));
    finite = v128.or(finite, f32x4.gt(x, quad(-Infinity)));
  }
  for (; at < end; at += 4) {
    const x = v128.and(v128.load32_splat(at), kept);
    good = v128.and(good, f32x4.lt(x, quad(Infinity)));
    finite = v128.or(finite, f32x4.gt(x, quad(-Infinity)));
  }
  return i32x4.all_true(good) && v128.any_true(finite);
}

/** The sum that is judged, of probabilities, weights or exponentials; NaN of a row with a bad entry. */
function sumOf(form: i32, width: i32, at: usize): f64 {
  const lowest = quad(form === LOG_PROBABILITIES ? -Infinity : 0);
  let sum = f64x2.splat(0);
  let good = i32x4.splat(-1);
  const end = at + ((<usize>width) << 2);
  for (; at < end; at += 16) {
    const count = min(<i32>((end - at) >> 2), 4);
    // The first entry of the last ones fills up, to be good or bad as it is; then it adds nothing more.
    const beyond = i32x4.ge_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
    const x = count === 4 ? v128.load(at) : v128.bitselect(v128.load32_splat(at), partial(at, count), beyond);
    good = v128.and(good, v128.and(f32x4.lt(x, quad(Infinity)), f32x4.ge(x, lowest)));
    sum = accumulated(sum, v128.andnot(form === LOG_PROBABILITIES ? exponential(x) : x, beyond));
  }
  return i32x4.all_true(good) ? total(sum) : NaN;
}
