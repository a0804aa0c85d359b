/** Elementary functions of two f64, to about 2⁻⁵⁰. */

export const LOG2: f64 = 0.6931471805599453;
const LOG2_HIGH: f64 = 0.6931471803691238; // 33 bits of log 2, so that whole multiples are exact
const LOG2_LOW: f64 = 1.9082149292705877e-10;
const INVERSE_LOG2: f64 = 1.4426950408889634;
const ROOT_HALF: i64 = 0x3fe6a09e667f3bcd;
const WHOLE: f64 = 6755399441055744; // 1.5 2⁵², beside which the last bits of a sum are a whole number

/** 1/k! from k = 13 down to 1. */
const factorials = memory.data<f64>([
  1.6059043836821613e-10, 2.08767569878681e-9, 2.505210838544172e-8, 2.7557319223985894e-7, 2.7557319223985893e-6, 0.0000248015873015873,
  0.0001984126984126984, 0.001388888888888889, 0.008333333333333333, 0.041666666666666664, 0.16666666666666666, 0.5, 1,
]);

@inline
function whole(n: i64): v128 {
  return i64x2.splat(n);
}

/** (n + 1023) 2⁵², the bits of 2^n, for −1022 ≤ n ≤ 1023. */
@inline
function powerOf(n: v128): v128 {
  return i64x2.shl(i64x2.add(n, whole(1023)), 52);
}

/** e^x − one, for one = 0 or 1; as for the nearest x between −800 and 709. */
export function exponentials(x: v128, one: f64): v128 {
  const bounded = f64x2.max(f64x2.min(x, f64x2.splat(709)), f64x2.splat(-800));
  const shifted = f64x2.add(f64x2.mul(bounded, f64x2.splat(INVERSE_LOG2)), f64x2.splat(WHOLE));
  const multiple = f64x2.sub(shifted, f64x2.splat(WHOLE));
  const r = f64x2.sub(f64x2.sub(bounded, f64x2.mul(multiple, f64x2.splat(LOG2_HIGH))), f64x2.mul(multiple, f64x2.splat(LOG2_LOW)));
  let y = f64x2.splat(0);
  for (let at: usize = 0; at < 104; at += 8) y = f64x2.add(f64x2.mul(y, r), v128.load64_splat(factorials + at));
  y = f64x2.mul(y, r);
  // In two powers, since one of them may be too small for f64.
  const n = i64x2.sub(shifted, whole(reinterpret<i64>(WHOLE)));
  const half = i64x2.shr_s(n, 1);
  const first = powerOf(half);
  const second = powerOf(i64x2.sub(n, half));
  return f64x2.add(f64x2.mul(f64x2.mul(y, first), second), f64x2.sub(f64x2.mul(first, second), f64x2.splat(one)));
}

/** log x of positive normal numbers. */
export function logarithms(x: v128): v128 {
  const k = i64x2.shr_s(i64x2.sub(x, whole(ROOT_HALF)), 52);
  const m = i64x2.sub(x, i64x2.shl(k, 52)); // between √½ and √2
  const s = f64x2.div(f64x2.sub(m, f64x2.splat(1)), f64x2.add(m, f64x2.splat(1)));
  const z = f64x2.mul(s, s);
  let y = f64x2.splat(0);
  for (let odd: f64 = 23; odd > 1; odd -= 2) y = f64x2.mul(f64x2.add(y, f64x2.splat(1 / odd)), z);
  const multiple = f64x2.sub(i64x2.add(k, whole(reinterpret<i64>(WHOLE))), f64x2.splat(WHOLE));
  const small = f64x2.mul(f64x2.add(s, s), f64x2.add(f64x2.splat(1), y));
  return f64x2.add(f64x2.mul(multiple, f64x2.splat(LOG2_HIGH)), f64x2.add(f64x2.mul(multiple, f64x2.splat(LOG2_LOW)), small));
}

@inline
export function logarithm(x: f64): f64 {
  return f64x2.extract_lane(logarithms(f64x2.splat(x)), 0);
}

/** log(1 + x), also where 1 + x rounds much of x away. */
export function logarithmOfOnePlus(x: f64): f64 {
  const sum = 1 + x;
  return sum === 1 ? x : logarithm(sum) * (x / (sum - 1));
}

/** e^x. */
export function exponential(x: f64): f64 {
  return x > 709 ? Infinity : f64x2.extract_lane(exponentials(f64x2.splat(x), 0), 0);
}

/** e^x − 1. */
export function exponentialLessOne(x: f64): f64 {
  return x > 709 ? Infinity : f64x2.extract_lane(exponentials(f64x2.splat(x), 1), 0);
}
