/**
 * Two numbers, reduced so that their difference is exact: q₀ = 2^k p lies within a factor 2 of q, on p's side.
 * Twin: shaders/math/pair.wgsl
 */
import { bits } from './quads';

const EXPONENT = 0x7f800000;

/** k 2²³ of two positive normal numbers: the whole binades from p to q, towards zero. */
@inline
export function binades(p: v128, q: v128): v128 {
  const difference = i32x4.sub(q, p); // of the bits, whose upper part counts binades
  const sign = i32x4.shr_s(difference, 31);
  const size = v128.and(i32x4.sub(v128.xor(difference, sign), sign), bits(EXPONENT));
  return i32x4.sub(v128.xor(size, sign), sign);
}

/** k 2⁵² of two pairs of positive f64, likewise. */
@inline
export function binadesOfDoubles(p: v128, q: v128): v128 {
  const difference = i64x2.sub(q, p);
  const sign = i64x2.shr_s(difference, 63);
  const size = v128.and(i64x2.sub(v128.xor(difference, sign), sign), i64x2.splat(0x7ff0000000000000));
  return i64x2.sub(v128.xor(size, sign), sign);
}
