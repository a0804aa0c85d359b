/** Elementary functions of two f64, to about 2⁻⁵⁰ where nothing else is said. */

export const LOG2: f64 = 0.6931471805599453;
const LOG2_HIGH: f64 = 0.6931471803691238; // 33 bits of log 2, so that whole multiples are exact
const LOG2_LOW: f64 = 1.9082149292705877e-10;
const INVERSE_LOG2: f64 = 1.4426950408889634;
/** e^x is a normal number for |x| up to this. */
const LARGEST: f64 = 708;
const ROOT_HALF: i64 = 0x3fe6a09e667f3bcd;
const WHOLE: f64 = 6755399441055744; // 1.5 2⁵², beside which the last bits of a sum are a whole number

/** 1/k! from k = 13 down to 1. */
const factorials = memory.data<f64>([
  1.6059043836821613e-10, 2.08767569878681e-9, 2.505210838544172e-8, 2.7557319223985894e-7, 2.7557319223985893e-6, 0.0000248015873015873,
  0.0001984126984126984, 0.001388888888888889, 0.008333333333333333, 0.041666666666666664, 0.16666666666666666, 0.5, 1,
]);

/** (e^r − 1)/r on |r| ≤ log 2 / 2, to 2⁻³⁰. */
const minimax = memory.data<f64>([
  1, 0.500000001345922, 0.16666666681615902, 0.041666464991104775, 0.008333310932792791, 0.0013933642689979442, 0.00019890982709552032,
]);

@inline
function whole(n: i64): v128 {
  return i64x2.splat(n);
}

/** Σ r^k/k! from k = 1 on, to 2⁻⁵² on |r| ≤ log 2 / 2; odd and even terms side by side, which takes half the time. */
@inline
function fineSeries(r: v128): v128 {
  const z = f64x2.mul(r, r);
  let odd = v128.load64_splat(factorials);
  let even = f64x2.splat(0);
  for (let at: usize = 8; at < 104; at += 16) {
    even = f64x2.add(f64x2.mul(even, z), v128.load64_splat(factorials + at));
    odd = f64x2.add(f64x2.mul(odd, z), v128.load64_splat(factorials + at, 8));
  }
  return f64x2.add(f64x2.mul(r, odd), f64x2.mul(z, even));
}

/** c + d x of two numbers that lie side by side. */
@inline
function line(c: usize, x: v128): v128 {
  return f64x2.add(v128.load64_splat(c), f64x2.mul(v128.load64_splat(c, 8), x));
}

/** The same to 2⁻³⁰, in a third of the time. */
@inline
function roughSeries(r: v128): v128 {
  const z = f64x2.mul(r, r);
  const high = f64x2.add(line(minimax + 32, r), f64x2.mul(v128.load64_splat(minimax, 48), z));
  return f64x2.mul(r, f64x2.add(line(minimax, r), f64x2.mul(z, f64x2.add(line(minimax + 16, r), f64x2.mul(z, high)))));
}

/** n + 1023 in the last bits, for the whole n nearest to x/log 2. */
@inline
export function wholesOf(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(INVERSE_LOG2)), f64x2.splat(WHOLE + 1023));
}

/** 2^n. */
@inline
export function powersOf(wholes: v128): v128 {
  return i64x2.shl(wholes, 52);
}

/** x − n log 2; if it has to be fine, in two steps of which the first is exact (Cody & Waite). */
@inline
export function remaindersOf(x: v128, wholes: v128, isFine: bool): v128 {
  const n = f64x2.sub(wholes, f64x2.splat(WHOLE + 1023));
  const rest = f64x2.sub(x, f64x2.mul(n, f64x2.splat(isFine ? LOG2_HIGH : LOG2)));
  return isFine ? f64x2.sub(rest, f64x2.mul(n, f64x2.splat(LOG2_LOW))) : rest;
}

/** e^x − one, as if x were at most `LARGEST` in size. */
@inline
function exponentialsLess(one: v128, x: v128, isFine: bool): v128 {
  const bounded = f64x2.pmax(f64x2.splat(-LARGEST), f64x2.pmin(f64x2.splat(LARGEST), x));
  const wholes = wholesOf(bounded);
  const r = remaindersOf(bounded, wholes, isFine);
  const power = powersOf(wholes);
  return f64x2.add(f64x2.mul(power, isFine ? fineSeries(r) : roughSeries(r)), f64x2.sub(power, one));
}

/** e^x − one to 2⁻⁵⁰, for one = 0 or 1; as for the nearest x between −708 and 708. */
export function exponentials(x: v128, one: f64): v128 {
  return exponentialsLess(f64x2.splat(one), x, true);
}

/** The same to 2⁻³⁰, near 0 of e^x − 1 itself, in half the time. */
export function roughExponentials(x: v128, one: v128): v128 {
  return exponentialsLess(one, x, false);
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

/** e^x, infinite and 0 where f64 ends. */
export function exponential(x: f64): f64 {
  return x > LARGEST ? Infinity : x < -LARGEST ? 0 : f64x2.extract_lane(exponentials(f64x2.splat(x), 0), 0);
}

/** e^x − 1. */
export function exponentialLessOne(x: f64): f64 {
  return x > LARGEST ? Infinity : f64x2.extract_lane(exponentials(f64x2.splat(x), 1), 0);
}
