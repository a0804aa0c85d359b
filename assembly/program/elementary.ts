/** Elementary functions of pairs of f64, to about 10⁻¹³: what is made of them is rounded to f32 at the end. */
import { LOG2, logarithms, powersOf, remaindersOf, wholesOf } from '../math/doubles';

const WHOLE: f64 = 6755399441055744; // 1.5 2⁵², beside which the last bits of a sum are a whole number
const LOWEST: f64 = -3.4028234663852886e38; // log 0
const SMALLEST: f64 = 1.1754943508222875e-38; // of f32's normal numbers
/** 33 bits of π/2, 33 bits of the rest, and the rest of that. */
const RIGHT_ANGLE: f64 = 1.5707963267341256;
const RIGHT_ANGLE_LOW: f64 = 6.077100506303966e-11;
const RIGHT_ANGLE_LEAST: f64 = 2.0222662487959506e-21;

/** (e^r − 1 − r)/r² on |r| ≤ log 2 / 2, the lowest power first. */
const exponentials = memory.data<f64>([
  0.4999999999995507, 0.16666666666662583, 0.041666666786337556, 0.008333333344209506, 0.001388883909064138,
  0.00019841224581544105, 0.000024867883453521802, 0.000002761757684835413,
]);
/** The highest power first: (sin x − x)/x³ and (cos x − 1)/x² of x² up to (π/4)². */
const sines = memory.data<f64>([
  -2.480517904524439e-8, 2.7555985989064385e-6, -1.9841266900642298e-4, 8.333333331062402e-3, -0.1666666666666386,
]);
const cosines = memory.data<f64>([
  2.070027352382881e-9, -2.7556366162469295e-7, 2.4801585199302863e-5, -1.3888888887265314e-3, 4.166666666666466e-2,
  -0.5,
]);
/** (asin x − x)/x³ of x² up to ¼. */
const arcsines = memory.data<f64>([
  0.027921912047656466, -0.0029555479088451027, 0.015682585691969324, 0.013186282871554133, 0.017441719105456513,
  0.022366048091739782, 0.030382183571536783, 0.044642852420329455, 0.07500000003599422, 0.1666666666666216,
]);
/** x² (log x − ψ(x) − 1/(2x)) of 1/x². */
const digammas = memory.data<f64>([
  0.08333333333333333, -0.021092796092796094, 0.007575757575757576, -0.004166666666666667, 0.003968253968253968,
  -0.008333333333333333, 0.08333333333333333,
]);

@inline
function pair(x: f64): v128 {
  return f64x2.splat(x);
}

/** a b + c in two roundings. */
@inline
function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

/** x less a multiple of a number. */
@inline
function less(x: v128, multiple: v128, unit: f64): v128 {
  return f64x2.sub(x, f64x2.mul(multiple, pair(unit)));
}

/** c + d x: of polynomials that are found by pairs of terms the parts wait less for each other. */
@inline
function line(x: v128, c: f64, d: f64): v128 {
  return mulAdd(pair(d), x, pair(c));
}

/** The same of coefficients in memory, which are loaded faster than so many are made. */
@inline
function lineAt(x: v128, at: usize): v128 {
  return mulAdd(v128.load64_splat(at, 8), x, v128.load64_splat(at));
}

function polynomial(x: v128, at: usize, terms: i32): v128 {
  let y = pair(0);
  for (const end = at + (terms << 3); at < end; at += 8) y = mulAdd(y, x, v128.load64_splat(at));
  return y;
}

/** 2^n e^x − one, for n = 0 or one = 0; as for the nearest x between −709.4, where e^x is 0, and 690. */
@inline
export function exponential(x: v128, one: v128, n: v128): v128 {
  const bounded = f64x2.pmin(f64x2.pmax(x, pair(-709.4)), pair(690));
  const wholes = wholesOf(bounded);
  const r = remaindersOf(bounded, wholes, false);
  const square = f64x2.mul(r, r);
  const low = mulAdd(lineAt(r, exponentials + 16), square, lineAt(r, exponentials));
  const high = mulAdd(lineAt(r, exponentials + 48), square, lineAt(r, exponentials + 32));
  const y = mulAdd(mulAdd(high, f64x2.mul(square, square), low), square, r);
  const power = powersOf(i64x2.add(wholes, n));
  return mulAdd(power, y, f64x2.sub(power, one));
}

/** (e^x − 1 − x)/x². */
export function exprel2(x: v128): v128 {
  const isNear = f64x2.lt(f64x2.abs(x), pair(0.3465));
  const square = f64x2.mul(x, x);
  const fourth = f64x2.mul(square, square);
  const low = mulAdd(lineAt(x, exponentials + 16), square, lineAt(x, exponentials));
  const high = mulAdd(lineAt(x, exponentials + 48), square, lineAt(x, exponentials + 32));
  const far = f64x2.div(f64x2.sub(exponential(x, pair(1), i64x2.splat(0)), x), square);
  return v128.bitselect(mulAdd(high, fourth, low), far, isNear);
}

/** log((x + one)/y) of positive normal numbers, for one = 0, or one = y = 1; the lowest number where x + one ≤ 0. */
@inline
export function logRatio(x: v128, y: v128, one: v128): v128 {
  const sum = f64x2.add(x, one);
  // Bits count binades; the nearest whole number of them, plus 1024.
  const k = i64x2.shr_u(i64x2.add(i64x2.sub(sum, y), i64x2.splat((1 << 62) + (1 << 51))), 52);
  const multiple = f64x2.sub(i64x2.add(k, pair(WHOLE)), pair(WHOLE + 1024));
  const near = f64x2.mul(y, i64x2.shl(i64x2.sub(k, i64x2.splat(1)), 52)); // 2^k y
  const s = f64x2.div(f64x2.sub(x, f64x2.sub(near, one)), f64x2.add(x, f64x2.add(near, one)));
  const z = f64x2.mul(s, s);
  const square = f64x2.mul(z, z);
  const high = mulAdd(
    line(z, 0.09051349347280838, 0.08550545017767826), square, line(z, 0.14285706435471077, 0.1111194198880785));
  const series = mulAdd(high, square, line(z, 0.3333333333331826, 0.2000000002705125)); // (atanh s − s)/s³
  const twice = f64x2.add(s, s);
  const logarithm = mulAdd(multiple, pair(LOG2), mulAdd(f64x2.mul(twice, z), series, twice));
  return v128.bitselect(logarithm, pair(LOWEST), f64x2.gt(sum, pair(0)));
}

/** x plus the binade of w times log 2: the logarithm of w e^x, but for less than log 2. */
@inline
export function sizeOf(w: v128, x: v128): v128 {
  const binade = f64x2.sub(i64x2.add(i64x2.shr_u(w, 52), pair(WHOLE)), pair(WHOLE + 1023));
  return mulAdd(binade, pair(LOG2), x);
}

/** sin(x + turns π/2) for |x| ≤ 10⁶. */
export function sine(x: v128, turns: i64): v128 {
  const shifted = f64x2.add(f64x2.mul(x, pair(0.6366197723675814)), pair(WHOLE));
  const multiple = f64x2.sub(shifted, pair(WHOLE));
  const coarse = less(less(x, multiple, RIGHT_ANGLE), multiple, RIGHT_ANGLE_LOW);
  const r = less(coarse, multiple, RIGHT_ANGLE_LEAST);
  const z = f64x2.mul(r, r);
  const quarter = i64x2.add(shifted, i64x2.splat(turns));
  const isOdd = i64x2.eq(v128.and(quarter, i64x2.splat(1)), i64x2.splat(1));
  const ofSine = mulAdd(f64x2.mul(r, z), polynomial(z, sines, 5), r);
  const y = v128.bitselect(mulAdd(polynomial(z, cosines, 6), z, pair(1)), ofSine, isOdd);
  return v128.xor(y, i64x2.shl(v128.and(quarter, i64x2.splat(2)), 62));
}

/** For |x| ≤ 1; beyond ½ from the other end. */
export function arcsine(x: v128): v128 {
  const size = f64x2.abs(x);
  const half = f64x2.mul(f64x2.sub(pair(1), size), pair(0.5));
  const isLarge = f64x2.gt(size, pair(0.5));
  const z = v128.bitselect(half, f64x2.mul(x, x), isLarge);
  const s = v128.bitselect(f64x2.sqrt(half), size, isLarge);
  const y = mulAdd(f64x2.mul(s, z), polynomial(z, arcsines, 10), s);
  const arc = v128.bitselect(f64x2.sub(pair(RIGHT_ANGLE + RIGHT_ANGLE_LOW), f64x2.add(y, y)), y, isLarge);
  return v128.bitselect(arc, x, i64x2.splat(i64.MAX_VALUE)); // with the sign of x
}

/** ψ(x) from ψ(x + 8); what is below f32's normal numbers is the least of them. Twin: src/program/functions.ts */
export function digamma(x: v128): v128 {
  x = f64x2.pmax(x, pair(SMALLEST));
  let shift = pair(0);
  for (let i = 0; i < 8; i++, x = f64x2.add(x, pair(1))) shift = f64x2.add(shift, f64x2.div(pair(1), x));
  const inverse = f64x2.div(pair(1), x);
  const z = f64x2.mul(inverse, inverse);
  const rest = mulAdd(inverse, pair(0.5), f64x2.mul(z, polynomial(z, digammas, 7)));
  return f64x2.sub(logarithms(x), f64x2.add(shift, rest));
}
