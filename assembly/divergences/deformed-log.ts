/**
 * T_c of a ratio in f64, two at a time: logarithms to 2⁻³³ and powers to 2⁻³⁰, near 1 relative to what they differ by. In
 * f64 products of two f32 are exact, and so are differences of such products within a factor of 2.
 * Twin: shaders/math/deformed-log-double.wgsl
 */

/** What T_c is made of: the logarithm at c = 0, no more than the ratio at c = 1, and powers. */
export const LOG = 0;
const RATIO = 1;
const POWER = 2;

/** e^x is a normal number for |x| up to this. */
const LARGEST: f64 = 708;
/** Adding this leaves n + 1023 in the lowest bits, which shifted are those of 2^n. */
const ROUND: f64 = 6755399441055744.0 + 1023.0;
const LIFTED: f64 = 4503599627370496.0; // 2⁵², whose lowest bits are whole numbers
const ATANH: usize = 5; // 2 atanh(s)/s on |s| ≤ 1/5, in s²
const EXPM1: usize = 10; // expm1(r)/r on |r| ≤ log 2 / 2

/** In memory, whence one instruction loads and spreads a constant; a literal is made anew in every turn of a loop. */
const CONSTANTS = memory.data<f64>([
  0.6931471805599453, 1.4426950408889634, LARGEST, ROUND, LIFTED + 1023.0,
  2, 0.6666666627321277, 0.40000313644684216, 0.2853254500344264, 0.23751341766249778,
  1, 0.500000001345922, 0.16666666681615902, 0.041666464991104775, 0.008333310932792791, 0.0013933642689979442, 0.00019890982709552032,
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
  const k = f64x2.sub(v128.or(i64x2.shr_u(power, 52), both(LIFTED)), constant(4));
  return f64x2.add(f64x2.mul(k, constant(0)), f64x2.mul(s, series));
}

/** e^x − one, as if x were at most `LARGEST` in size. */
export function powerWithout(one: v128, x: v128): v128 {
  const bounded = f64x2.pmax(f64x2.neg(constant(2)), f64x2.pmin(constant(2), x));
  const rounded = f64x2.add(f64x2.mul(bounded, constant(1)), constant(3));
  const power = i64x2.shl(rounded, 52);
  const r = f64x2.sub(bounded, f64x2.mul(f64x2.sub(rounded, constant(3)), constant(0)));
  const z = f64x2.mul(r, r);
  const high = f64x2.add(line(EXPM1 + 4, r), f64x2.mul(constant(EXPM1 + 6), z));
  const series = f64x2.add(line(EXPM1, r), f64x2.mul(z, f64x2.add(line(EXPM1 + 2, r), f64x2.mul(z, high))));
  return f64x2.add(f64x2.mul(power, f64x2.mul(r, series)), f64x2.sub(power, one));
}

/** Of positive numbers log(v/u), v/u − one, or (v/u)^c − one. */
export function deformed(kind: i32, u: v128, v: v128, c: v128, one: v128): v128 {
  if (kind === LOG) return logRatio(u, v);
  if (kind === RATIO) return f64x2.div(f64x2.sub(v, f64x2.mul(one, u)), u);
  return powerWithout(one, f64x2.mul(c, logRatio(u, v)));
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

/** e^x, infinite and 0 where f64 ends. */
export function exponentialOf(x: f64): f64 {
  return x > LARGEST ? Infinity : x < -LARGEST ? 0 : powerOf(0, x);
}

/** e^x − 1. */
export function minusOne(x: f64): f64 {
  return powerOf(1, x);
}

function powerOf(one: f64, x: f64): f64 {
  return f64x2.extract_lane(powerWithout(both(one), both(x)), 0);
}
