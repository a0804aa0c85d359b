/**
 * T_c of a ratio in f64, two at a time: logarithms to 2⁻³³ and powers to 2⁻³⁰, near 1 relative to what they differ by. In
 * f64 products of two f32 are exact, and so are differences of such products within a factor of 2.
 * Twin: shaders/math/deformed-log-double.wgsl
 */
import { LOG2, roughExponentials } from '../math/doubles';

/** What T_c is made of: the logarithm at c = 0, no more than the ratio at c = 1, and powers. */
export const LOG = 0;
const RATIO = 1;
const POWER = 2;

const LIFTED: f64 = 4503599627370496.0; // 2⁵², whose lowest bits are whole numbers
const ATANH: usize = 2; // 2 atanh(s)/s on |s| ≤ 1/5, in s²

/** In memory, whence one instruction loads and spreads a constant; a literal is made anew in every turn of a loop. */
const CONSTANTS = memory.data<f64>([
  LOG2, LIFTED + 1023.0,
  2, 0.6666666627321277, 0.40000313644684216, 0.2853254500344264, 0.23751341766249778,
]);

@inline
function constant(index: usize): v128 {
  return v128.load64_splat(CONSTANTS + (index << 3));
}

/** The polynomial of degree 1 with the coefficients from an index on. */
@inline
function line(index: usize, x: v128): v128 {
  return f64x2.add(constant(index), f64x2.mul(constant(index + 1), x));
}

@inline
export function both(x: f64): v128 {
  return f64x2.splat(x);
}

/** log(v/u) of positive normal numbers by u₀ = 2^k u, the nearest to v, and s = (v − u₀)/(v + u₀). */
@inline
function logRatio(u: v128, v: v128): v128 {
  const power = v128.and(i64x2.add(i64x2.sub(v, u), i64x2.splat(0x3ff8000000000000)), i64x2.splat(0x7ff0000000000000));
  const near = f64x2.mul(u, power);
  const s = f64x2.div(f64x2.sub(v, near), f64x2.add(v, near));
  const z = f64x2.mul(s, s);
  const z2 = f64x2.mul(z, z);
  const series = f64x2.add(line(ATANH, z), f64x2.mul(z2, f64x2.add(line(ATANH + 2, z), f64x2.mul(constant(ATANH + 4), z2))));
  const k = f64x2.sub(v128.or(i64x2.shr_u(power, 52), both(LIFTED)), constant(1));
  return f64x2.add(f64x2.mul(k, constant(0)), f64x2.mul(s, series));
}

/** Of positive numbers log(v/u), v/u − one, or (v/u)^c − one. */
export function deformed(kind: i32, u: v128, v: v128, c: v128, one: v128): v128 {
  if (kind === LOG) return logRatio(u, v);
  if (kind === RATIO) return f64x2.div(f64x2.sub(v, f64x2.mul(one, u)), u);
  return roughExponentials(f64x2.mul(c, logRatio(u, v)), one);
}

export function kindOf(c: f64): i32 {
  return c === 0 ? LOG : c === 1 ? RATIO : POWER;
}

/** log(v/u) of two positive numbers. */
export function logRatioOf(u: f64, v: f64): f64 {
  return f64x2.extract_lane(deformed(LOG, both(u), both(v), both(0), both(0)), 0);
}

export function logOf(x: f64): f64 {
  return x > 0 ? logRatioOf(1, x) : -Infinity;
}
