/**
 * Elementary functions of four f32, to 2 ulp.
 * Twin: shaders/math/elementary.wgsl
 */
import { mulAdd, quad } from './quads';

export const LOG2_HIGH: f32 = 0.693145751953125; // 15 bits of log 2, so that whole multiples are exact
export const LOG2_LOW: f32 = 1.428606765330187e-6;
const INVERSE_LOG2: f32 = 1.44269504;

/** expm1 on ±log 2 / 2. */
@inline
export function reducedExpm1(x: v128): v128 {
  let y = mulAdd(quad(0.000199142290512), x, quad(0.00139410502743));
  y = mulAdd(y, x, quad(0.00833327323198));
  y = mulAdd(y, x, quad(0.041666354984));
  y = mulAdd(y, x, quad(0.16666667163372));
  y = mulAdd(y, x, quad(0.5));
  return mulAdd(f32x4.mul(x, x), y, x);
}

/** The whole number n of log 2 that is nearest to x, as f32. */
@inline
export function wholeLog2(x: v128): v128 {
  return f32x4.nearest(f32x4.mul(x, quad(INVERSE_LOG2)));
}

/** x − n log 2. */
@inline
export function withoutLog2(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, quad(LOG2_HIGH))), f32x4.mul(n, quad(LOG2_LOW)));
}

/** 2^n of whole numbers, −126 ≤ n ≤ 127. */
@inline
export function power2(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** exp, 0 below −87. */
@inline
export function exponential(x: v128): v128 {
  const bounded = f32x4.max(f32x4.min(x, quad(88)), quad(-87));
  const n = wholeLog2(bounded);
  const power = power2(n);
  return v128.andnot(mulAdd(power, reducedExpm1(withoutLog2(bounded, n)), power), f32x4.lt(x, quad(-87)));
}
