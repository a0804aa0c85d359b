/** e^x − 1 of four exponents of steps. */
import { reducedExpm1, withoutLog2 } from '../math/elementary';
import { mulAdd, quad } from '../math/quads';

const INVERSE_LOG2: f32 = 1.44269504;
const WHOLE: f32 = 12582912; // 1.5 2²³, beside which the last bits of a sum are a whole number

/** (e^x − 1)/x to 2⁻²⁴ where |x| ≤ 0.1. */
@inline
export function growth(x: v128): v128 {
  return mulAdd(mulAdd(mulAdd(mulAdd(quad(0.008333334), x, quad(0.041666668)), x, quad(0.16666667)), x, quad(0.5)), x, quad(1));
}

/** e^x − 1 where −87 ≤ x ≤ 88. */
@inline
export function expm1(x: v128): v128 {
  const shifted = f32x4.add(f32x4.mul(x, quad(INVERSE_LOG2)), quad(WHOLE));
  const n = f32x4.sub(shifted, quad(WHOLE));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
  return mulAdd(power, reducedExpm1(withoutLog2(x, n)), f32x4.sub(power, quad(1)));
}
