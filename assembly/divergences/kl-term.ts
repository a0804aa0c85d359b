/**
 * p log(p/q) − p + q by the three-point identity of x log x, whose parts are all ≥ 0.
 * Twin: shaders/divergences/kl-term.wgsl
 */
import { mulAdd, quad } from '../math/quads';

const LOG2_HIGH: f32 = 0.693145751953125; // 15 bits of log 2, so that whole multiples are exact
const LOG2_LOW: f32 = 1.428606765330187e-6;

/** (atanh(s) − s)/s³ at z = s², |s| ≤ 1/3. */
@inline
function binadeTail(z: v128): v128 {
  const y = mulAdd(mulAdd(mulAdd(quad(0.11612165), z, quad(0.108532876)), z, quad(0.142961785)), z, quad(0.199998528));
  return mulAdd(y, z, quad(0.333333343));
}

/** The term in units of u = q₀, for d = q − q₀, s = d/(q + q₀), |k| ≤ 118, and binades = k 2²³. */
@inline
export function klTerm(u: v128, d: v128, s: v128, binades: v128): v128 {
  const z = f32x4.mul(s, s);
  const near = f32x4.mul(s, f32x4.sub(d, f32x4.mul(f32x4.mul(f32x4.add(u, u), z), binadeTail(z))));
  const power = i32x4.sub(i32x4.splat(0x3f800000), binades);
  const slope = f32x4.sub(quad(1), power);
  const multiple = f32x4.mul(power, f32x4.convert_i32x4_s(i32x4.shr_s(binades, 23))); // k 2^−k
  const start = mulAdd(multiple, quad(-LOG2_LOW), mulAdd(multiple, quad(-LOG2_HIGH), slope));
  return f32x4.add(f32x4.mul(u, start), f32x4.add(f32x4.mul(d, slope), f32x4.mul(power, near)));
}
