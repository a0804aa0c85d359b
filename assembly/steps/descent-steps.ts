/**
 * All steps of mirror descent towards a target, on one row that stays in the cache.
 *
 * The state is W with w = W/ΣW, W ← W e^δ. A constant in δ means nothing, and keeps ΣW near 1:
 *
 *     δ = η (t/w − 1)             for KL
 *     δ = −η T_c(log w/t) − μ     for any other α, with log W/t kept beside W
 *
 * W and log W/t are sums of two f32 each, so that small steps add up. Four outcomes lie together: W, what is added to it,
 * t or log W/t, and what is added
 * to that.
 * Twin: src/steps/mirror-descent.ts
 */
import { exponentials, logarithm } from '../math/doubles';
import { accumulated, lower, narrowed, quad, total, upper } from '../math/quads';
import { expm1, growth } from './growth';

export const KL = 0;
export const ALPHA = 1;

const SMALL: f32 = 0.1; // exponents up to which `growth` serves
const LARGEST: f64 = 30; // exponents up to which W stays in f32
const LEAST_MASS: f64 = 9.5367431640625e-7; // 2⁻²⁰
const LARGEST_MASS: f64 = 1.152921504606847e18; // 2⁶⁰
const TINY: f32 = 1.1754943508222875e-38;

/** Bytes of four outcomes. */
export const QUAD: usize = 64;

/** ΣW. */
export let mass: f64 = 1;
/** Whether a step was too large. */
let isLost: bool = false;

/** Makes all steps; whether f32 served. */
@inline
export function descend(kind: i32, at: usize, quads: i32, steps: i32, stepSize: f64, c: f64): bool {
  const end = at + (<usize>quads) * QUAD;
  mass = 1;
  isLost = false;
  let drift: f64 = 0;
  for (let step = 0; step < steps; step++) {
    const before = mass;
    if (!sweep(kind, at, end, stepSize, c, drift) || !(mass >= LEAST_MASS && mass <= LARGEST_MASS)) return false;
    if (kind === ALPHA) drift += logarithm(mass / before);
  }
  return true;
}

/** δ, from η and η ΣW for KL, from c, log ΣW, −η/c and μ for others. */
@inline
function exponent(kind: i32, at: usize, first: v128, second: v128, third: v128, fourth: v128): v128 {
  if (kind === KL) {
    const w = v128.load(at);
    const rise = f32x4.sub(f32x4.mul(second, v128.load(at, 32)), f32x4.mul(first, w));
    return f32x4.div(rise, f32x4.pmax(w, quad(TINY)));
  }
  const x = f32x4.mul(first, f32x4.sub(v128.load(at, 32), second));
  return f32x4.sub(f32x4.mul(third, expm1(f32x4.pmax(f32x4.pmin(x, quad(80)), quad(-80)))), fourth);
}

/** W e^δ, where it is. */
@inline
function grown(kind: i32, at: usize, exponent: v128): v128 {
  const w = v128.load(at);
  if (kind === ALPHA) advance(at + 32, v128.load(at, 32), exponent);
  return advance(at, w, f32x4.mul(f32x4.mul(w, exponent), growth(exponent)));
}

/** A sum whose rounding error stays beside it. */
@inline
function advance(at: usize, x: v128, increment: v128): v128 {
  const whole = f32x4.add(increment, v128.load(at, 16));
  const sum = f32x4.add(x, whole);
  v128.store(at, f32x4.sub(whole, f32x4.sub(sum, x)), 16);
  v128.store(at, sum);
  return sum;
}

/** The same in f64, for steps so large that the rounding of f32 would show. */
function leap(kind: i32, at: usize, stepSize: f64, c: f64, drift: f64): v128 {
  const w = v128.load(at);
  const rest = v128.load(at, 16);
  const x = v128.load(at, 32);
  const restOfX = v128.load(at, 48);
  const low = leapOfTwo(kind, f64x2.add(lower(w), lower(rest)), f64x2.add(lower(x), lower(restOfX)), stepSize, c, drift);
  const lowExponent = latest;
  const high = leapOfTwo(kind, f64x2.add(upper(w), upper(rest)), f64x2.add(upper(x), upper(restOfX)), stepSize, c, drift);
  if (kind === ALPHA) keep(at + 32, f64x2.add(f64x2.add(lower(x), lower(restOfX)), lowExponent), f64x2.add(f64x2.add(upper(x), upper(restOfX)), latest));
  return keep(at, low, high);
}

/** The exponents of the last leap. */
let latest: v128 = f64x2.splat(0);

@inline
function leapOfTwo(kind: i32, w: v128, x: v128, stepSize: f64, c: f64, drift: f64): v128 {
  if (kind === KL) {
    const rise = f64x2.sub(f64x2.mul(f64x2.splat(stepSize * mass), x), f64x2.mul(f64x2.splat(stepSize), w));
    latest = f64x2.div(rise, f64x2.max(w, f64x2.splat(TINY)));
  } else {
    const power = exponentials(f64x2.mul(f64x2.splat(c), f64x2.sub(x, f64x2.splat(logarithm(mass)))), 1);
    latest = f64x2.sub(f64x2.mul(f64x2.splat(-stepSize / c), power), f64x2.splat(drift));
  }
  if (v128.any_true(f64x2.gt(f64x2.abs(latest), f64x2.splat(LARGEST)))) isLost = true;
  return f64x2.mul(w, exponentials(latest, 0));
}

/** Keeps four f64 as sums of two f32. */
@inline
function keep(at: usize, low: v128, high: v128): v128 {
  const x = narrowed(low, high);
  v128.store(at, x);
  v128.store(at, narrowed(f64x2.sub(low, lower(x)), f64x2.sub(high, upper(x))), 16);
  return x;
}

@inline
function sweep(kind: i32, at: usize, end: usize, stepSize: f64, c: f64, drift: f64): bool {
  const first = kind === KL ? quad(<f32>stepSize) : quad(<f32>c);
  const second = kind === KL ? quad(<f32>(stepSize * mass)) : quad(<f32>logarithm(mass));
  const third = quad(<f32>(-stepSize / c));
  const fourth = quad(<f32>drift);
  let sums = f64x2.splat(0);
  for (; at < end; at += 4 * QUAD) {
    const d0 = exponent(kind, at, first, second, third, fourth);
    const d1 = exponent(kind, at + QUAD, first, second, third, fourth);
    const d2 = exponent(kind, at + 2 * QUAD, first, second, third, fourth);
    const d3 = exponent(kind, at + 3 * QUAD, first, second, third, fourth);
    const greatest = f32x4.pmax(f32x4.pmax(f32x4.abs(d0), f32x4.abs(d1)), f32x4.pmax(f32x4.abs(d2), f32x4.abs(d3)));
    if (!v128.any_true(f32x4.gt(greatest, quad(SMALL)))) {
      const w0 = grown(kind, at, d0);
      const w1 = grown(kind, at + QUAD, d1);
      const w2 = grown(kind, at + 2 * QUAD, d2);
      const w3 = grown(kind, at + 3 * QUAD, d3);
      sums = accumulated(sums, f32x4.add(f32x4.add(w0, w1), f32x4.add(w2, w3)));
    } else {
      const low = f32x4.add(leap(kind, at, stepSize, c, drift), leap(kind, at + QUAD, stepSize, c, drift));
      const high = f32x4.add(leap(kind, at + 2 * QUAD, stepSize, c, drift), leap(kind, at + 3 * QUAD, stepSize, c, drift));
      sums = accumulated(sums, f32x4.add(low, high));
      if (isLost) return false;
    }
  }
  mass = total(sums);
  return true;
}
