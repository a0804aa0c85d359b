/**
 * All steps of mirror descent towards a target, on one row that stays in the cache.
 *
 * The state is W with w = W/ΣW, W ← W e^δ. A constant in δ means nothing, and keeps ΣW near 1:
 *
 *     δ = η (t/w − 1)             for KL
 *     δ = −η T_c(log w/t) − μ     for any other α, with log W/t kept beside W
 *
 * W and log W/t are sums of two f32 each, so that small steps add up. Four outcomes lie together: W, what is added to it,
 * t or log W/t, and what is added to that.
 * Twin: src/steps/mirror-descent.ts
 */
import { exponentials, logarithm } from '../math/doubles';
import { expm1 } from '../math/elementary';
import { accumulated, lower, mulAdd, narrowed, quad, total, upper } from '../math/quads';

/** The c of KL. */
export const KL: f64 = -1;

const SMALL: f32 = 0.1; // exponents up to which `growth` serves
const LARGEST: f64 = 30; // exponents up to which W stays in f32
const LEAST_MASS: f64 = 9.5367431640625e-7; // 2⁻²⁰
const LARGEST_MASS: f64 = 1.152921504606847e18; // 2⁶⁰
const TINY: f32 = 1.1754943508222875e-38;

/** (e^x − 1)/x to 2⁻²⁴ where |x| ≤ 0.1. */
@inline
function growth(x: v128): v128 {
  return mulAdd(mulAdd(mulAdd(mulAdd(quad(0.008333334), x, quad(0.041666668)), x, quad(0.16666667)), x, quad(0.5)), x, quad(1));
}

/** Bytes of four outcomes. */
export const QUAD: usize = 64;

/** ΣW. */
export let mass: f64 = 1;
/** Whether a step was too large. */
let isLost: bool = false;

/** Makes all steps; whether f32 served. For KL c is −1. */
export function descend(at: usize, quads: i32, steps: i32, stepSize: f64, c: f64): bool {
  const end = at + (<usize>quads) * QUAD;
  mass = 1;
  isLost = false;
  let drift: f64 = 0;
  for (let step = 0; step < steps; step++) {
    const before = mass;
    if (c === KL) {
      klSweep(at, end, stepSize);
    } else {
      alphaSweep(at, end, stepSize, c, drift);
      drift += logarithm(mass / before);
    }
    if (isLost || !(mass >= LEAST_MASS && mass <= LARGEST_MASS)) return false;
  }
  return true;
}

/** δ of KL, from η and η ΣW. */
@inline
function klExponent(at: usize, step: v128, pull: v128): v128 {
  const w = v128.load(at);
  return f32x4.div(f32x4.sub(f32x4.mul(pull, v128.load(at, 32)), f32x4.mul(step, w)), f32x4.pmax(w, quad(TINY)));
}

/** W e^δ, where it is. */
@inline
function grown(at: usize, exponent: v128): v128 {
  const w = v128.load(at);
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
function leap(at: usize, stepSize: f64, c: f64, drift: f64): v128 {
  const low = leapOfTwo(doubled(at, 0), doubled(at + 32, 0), stepSize, c, drift);
  const lowExponent = latest;
  const high = leapOfTwo(doubled(at, 8), doubled(at + 32, 8), stepSize, c, drift);
  if (c !== KL) keep(at + 32, f64x2.add(doubled(at + 32, 0), lowExponent), f64x2.add(doubled(at + 32, 8), latest));
  return keep(at, low, high);
}

/** Two sums of two f32. */
function doubled(at: usize, offset: usize): v128 {
  return f64x2.add(lower(v128.load64_zero(at + offset)), lower(v128.load64_zero(at + offset, 16)));
}

/** The exponents of the last leap. */
let latest: v128 = f64x2.splat(0);

function leapOfTwo(w: v128, x: v128, stepSize: f64, c: f64, drift: f64): v128 {
  if (c === KL) {
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
function keep(at: usize, low: v128, high: v128): v128 {
  const x = narrowed(low, high);
  v128.store(at, x);
  v128.store(at, narrowed(f64x2.sub(low, lower(x)), f64x2.sub(high, upper(x))), 16);
  return x;
}

@inline
function isSmall(exponent: v128): bool {
  return !v128.any_true(f32x4.gt(exponent, quad(SMALL)));
}

function klSweep(at: usize, end: usize, stepSize: f64): void {
  const step = quad(<f32>stepSize);
  const pull = quad(<f32>(stepSize * mass));
  let sums = f64x2.splat(0);
  while (at < end) {
    while (at < end) {
      const d0 = klExponent(at, step, pull);
      const d1 = klExponent(at + QUAD, step, pull);
      const d2 = klExponent(at + 2 * QUAD, step, pull);
      const d3 = klExponent(at + 3 * QUAD, step, pull);
      if (!isSmall(f32x4.pmax(f32x4.pmax(f32x4.abs(d0), f32x4.abs(d1)), f32x4.pmax(f32x4.abs(d2), f32x4.abs(d3))))) break;
      const low = f32x4.add(grown(at, d0), grown(at + QUAD, d1));
      sums = accumulated(sums, f32x4.add(low, f32x4.add(grown(at + 2 * QUAD, d2), grown(at + 3 * QUAD, d3))));
      at += 4 * QUAD;
    }
    for (const next = min(at + 4 * QUAD, end); at < next; at += QUAD) sums = accumulated(sums, leap(at, stepSize, KL, 0));
    if (isLost) return;
  }
  mass = total(sums);
}

function alphaSweep(at: usize, end: usize, stepSize: f64, c: f64, drift: f64): void {
  const deformation = quad(<f32>c);
  const logMass = quad(<f32>logarithm(mass));
  const rate = quad(<f32>(-stepSize / c));
  const constant = quad(<f32>drift);
  let sums = f64x2.splat(0);
  while (at < end) {
    while (at < end) {
      const d0 = alphaExponent(at, deformation, logMass, rate, constant);
      const d1 = alphaExponent(at + QUAD, deformation, logMass, rate, constant);
      if (!isSmall(f32x4.pmax(f32x4.abs(d0), f32x4.abs(d1)))) break;
      advance(at + 32, v128.load(at, 32), d0);
      advance(at + 32 + QUAD, v128.load(at + QUAD, 32), d1);
      sums = accumulated(sums, f32x4.add(grown(at, d0), grown(at + QUAD, d1)));
      at += 2 * QUAD;
    }
    if (at < end) {
      sums = accumulated(sums, f32x4.add(leap(at, stepSize, c, drift), leap(at + QUAD, stepSize, c, drift)));
      at += 2 * QUAD;
    }
    if (isLost) return;
  }
  mass = total(sums);
}

@inline
function alphaExponent(at: usize, deformation: v128, logMass: v128, rate: v128, constant: v128): v128 {
  const power = f32x4.mul(deformation, f32x4.sub(v128.load(at, 32), logMass));
  return f32x4.sub(f32x4.mul(rate, expm1(f32x4.pmax(f32x4.pmin(power, quad(80)), quad(-80)))), constant);
}
