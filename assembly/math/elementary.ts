/**
 * Elementary functions of four f32, to 2 ulp.
 * Twin: shaders/math/elementary.wgsl
 */
import { mulAdd, quad } from './quads';

export const LOG2_HIGH: f32 = 0.693145751953125; // 15 bits of log 2, so that whole multiples are exact
export const LOG2_LOW: f32 = 1.428606765330187e-6;
export const INVERSE_LOG2: f32 = 1.44269504;

/** expm1 on ±log 2 / 2, relative error 2^−26 before roundings. */
@inline
export function reducedExpm1(x: v128): v128 {
  let y = mulAdd(quad(0.001394649734721), x, quad(0.008366610854864));
  y = mulAdd(y, x, quad(0.041666280478239));
  y = mulAdd(y, x, quad(0.166665434837341));
  y = mulAdd(y, x, quad(0.5));
  return mulAdd(f32x4.mul(x, x), y, x);
}

/** x − n log 2. */
@inline
function withoutLog2(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, quad(LOG2_HIGH))), f32x4.mul(n, quad(LOG2_LOW)));
}

/** 3 · 2²²: what is added to it becomes a whole number, in the lower bits. */
export const ROUNDER: f32 = 12582912;

/** e^(x + low) − one, for one = 0 or 1, −87.3 ≤ x ≤ 88 and a low of less than 0.1. */
@inline
function exponentialLess(one: f32, x: v128, low: v128): v128 {
  const rounded = f32x4.add(f32x4.mul(x, quad(INVERSE_LOG2)), quad(ROUNDER + 127));
  const rest = reducedExpm1(f32x4.add(withoutLog2(x, f32x4.sub(rounded, quad(ROUNDER + 127))), low));
  const power = i32x4.shl(rounded, 23); // 2^n, from n + 127 in the last bits
  return mulAdd(power, rest, one === 0 ? power : f32x4.sub(power, quad(one)));
}

/** e^x − 1, for −87.3 ≤ x ≤ 88. */
@inline
export function expm1(x: v128): v128 {
  return exponentialLess(1, x, quad(0));
}

/** Below this exp is below the normal numbers of f32: −126 log 2. */
const LEAST: f32 = -87.33655;

/** exp, 0 where f32 has no normal number for it, for x ≤ 88. */
@inline
export function exponential(x: v128): v128 {
  return exponentialOf(x, quad(0));
}

/** exp(x + low), for x ≤ 88 and a low of less than 0.1. */
@inline
export function exponentialOf(x: v128, low: v128): v128 {
  return v128.and(exponentialLess(0, f32x4.pmax(quad(LEAST), x), low), f32x4.gt(x, quad(LEAST)));
}

/** exp(x − shift) as right as exp of a number that f32 holds: the difference comes with its rounding error (Knuth's TwoDiff). */
@inline
export function exponentialFrom(shift: v128, x: v128): v128 {
  const difference = f32x4.sub(x, shift);
  const back = f32x4.sub(difference, x);
  return exponentialOf(difference, f32x4.sub(f32x4.sub(x, f32x4.sub(difference, back)), f32x4.add(shift, back)));
}
