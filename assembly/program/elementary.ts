/** Elementary functions of pairs of f64, to about 10⁻¹³: what is made of them is rounded to f32 at the end. */
import { logarithms } from '../math/doubles';

const LOG2: f64 = 0.6931471805599453;
/** 33 bits of π/2, 33 bits of the rest, and the rest of that. */
const RIGHT_ANGLE: f64 = 1.5707963267341256;
const RIGHT_ANGLE_LOW: f64 = 6.077100506303966e-11;
const RIGHT_ANGLE_LEAST: f64 = 2.0222662487959506e-21;
const WHOLE: f64 = 6755399441055744; // 1.5 2⁵², beside which the last bits of a sum are a whole number
const LOWEST: f64 = -3.4028234663852886e38; // log 0

/** Polynomials, the highest power first: (sin x − x)/x³ and (cos x − 1)/x² of x² up to (π/4)², (asin x − x)/x³ of x² up to ¼, and x² (log x − ψ(x) − 1/(2x)) of 1/x². */
const sines = memory.data<f64>([-2.480517904524439e-8, 2.7555985989064385e-6, -1.9841266900642298e-4, 8.333333331062402e-3, -0.1666666666666386]);
const cosines = memory.data<f64>([2.070027352382881e-9, -2.7556366162469295e-7, 2.4801585199302863e-5, -1.3888888887265314e-3, 4.166666666666466e-2, -0.5]);
const arcsines = memory.data<f64>([
  0.027921912047656466, -0.0029555479088451027, 0.015682585691969324, 0.013186282871554133, 0.017441719105456513, 0.022366048091739782, 0.030382183571536783,
  0.044642852420329455, 0.07500000003599422, 0.1666666666666216,
]);
const digammas = memory.data<f64>([0.08333333333333333, -0.021092796092796094, 0.007575757575757576, -0.004166666666666667, 0.003968253968253968, -0.008333333333333333, 0.08333333333333333]);

const exps = memory.data<f64>([-709.4, 690, 1.4426950408889634, 6755399441055744, 0.6931471805599453, 0.4999999999995507, 0.16666666666662583, 4.1666666786337556e-2, 8.333333344209506e-3, 1.388883909064138e-3, 1.9841224581544105e-4, 2.4867883453521802e-5, 2.761757684835413e-6]);

@inline
function C(i: usize): v128 { return v128.load64_splat(exps + (i << 3)); }

@inline
function ln(x: v128, i: usize): v128 { return next(C(i + 1), x, C(i)); }

@inline
function pair(x: f64): v128 {
  return f64x2.splat(x);
}

@inline
function next(y: v128, x: v128, coefficient: v128): v128 {
  return f64x2.add(f64x2.mul(y, x), coefficient);
}

@inline
function without(x: v128, multiple: v128, unit: f64): v128 {
  return f64x2.sub(x, f64x2.mul(multiple, pair(unit)));
}

function polynomial(x: v128, at: usize, terms: i32): v128 {
  let y = pair(0);
  for (const end = at + (terms << 3); at < end; at += 8) y = next(y, x, v128.load64_splat(at));
  return y;
}

/** c + d x, two coefficients of a polynomial: its parts are found side by side. */
@inline
function line(x: v128, c: f64, d: f64): v128 {
  return next(pair(d), x, pair(c));
}

/** 2^n e^x − one, for n = 0 or one = 0; as for the nearest x between −709.4, where e^x is 0, and 690. `offset` has the bits of 2^n. */
@inline
export function exponential(x: v128, one: v128, offset: v128): v128 {
  const bounded = f64x2.pmin(f64x2.pmax(x, C(0)), C(1));
  const shifted = f64x2.add(f64x2.mul(bounded, C(2)), C(3));
  const r = f64x2.sub(bounded, f64x2.mul(f64x2.sub(shifted, C(3)), C(4)));
  const square = f64x2.mul(r, r);
  const y = next(next(next(ln(r, 11), square, ln(r, 9)), f64x2.mul(square, square), next(ln(r, 7), square, ln(r, 5))), square, r);
  const power = i64x2.add(i64x2.shl(shifted, 52), offset);
  return next(power, y, f64x2.sub(power, one));
}

/** log((x + one)/y) of positive normal numbers, for one = 0, or one = y = 1; the lowest number of f32 where x + one ≤ 0. */
@inline
export function logRatio(x: v128, y: v128, one: v128): v128 {
  const sum = f64x2.add(x, one);
  // Bits count binades; the nearest whole number of them, plus 1024.
  const k = i64x2.shr_u(i64x2.add(i64x2.sub(sum, y), i64x2.splat((1 << 62) + (1 << 51))), 52);
  const multiple = f64x2.sub(i64x2.add(k, pair(WHOLE)), pair(WHOLE + 1024));
  const scaled = f64x2.mul(y, i64x2.shl(i64x2.sub(k, i64x2.splat(1)), 52));
  const s = f64x2.div(f64x2.sub(x, f64x2.sub(scaled, one)), f64x2.add(x, f64x2.add(scaled, one)));
  const z = f64x2.mul(s, s);
  const square = f64x2.mul(z, z);
  const high = next(line(z, 0.09051349347280838, 0.08550545017767826), square, line(z, 0.14285706435471077, 0.1111194198880785));
  const r = next(high, square, line(z, 0.3333333333331826, 0.2000000002705125));
  const twice = f64x2.add(s, s);
  const near = next(f64x2.mul(twice, z), r, twice);
  return v128.bitselect(next(multiple, pair(LOG2), near), pair(LOWEST), f64x2.gt(sum, pair(0)));
}

/** The binade of x times log 2; the lowest number of f32 where x ≤ 0. */
@inline
export function logOfBinade(x: v128): v128 {
  const binade = f64x2.sub(i64x2.add(i64x2.shr_u(x, 52), pair(WHOLE)), pair(WHOLE + 1023));
  return v128.bitselect(f64x2.mul(binade, pair(LOG2)), pair(LOWEST), f64x2.gt(x, pair(0)));
}

/** sin(x + turns π/2) for |x| ≤ 10⁶. */
export function sine(x: v128, turns: i64): v128 {
  const shifted = f64x2.add(f64x2.mul(x, pair(0.6366197723675814)), pair(WHOLE));
  const multiple = f64x2.sub(shifted, pair(WHOLE));
  const r = without(without(without(x, multiple, RIGHT_ANGLE), multiple, RIGHT_ANGLE_LOW), multiple, RIGHT_ANGLE_LEAST);
  const z = f64x2.mul(r, r);
  const quarter = i64x2.add(shifted, i64x2.splat(turns));
  const isOdd = i64x2.eq(v128.and(quarter, i64x2.splat(1)), i64x2.splat(1));
  const y = v128.bitselect(next(polynomial(z, cosines, 6), z, pair(1)), next(f64x2.mul(r, z), polynomial(z, sines, 5), r), isOdd);
  return v128.xor(y, i64x2.shl(v128.and(quarter, i64x2.splat(2)), 62));
}

/** For |x| ≤ 1; from the other end beyond ½. */
export function arcsine(x: v128): v128 {
  const size = f64x2.abs(x);
  const half = f64x2.mul(f64x2.sub(pair(1), size), pair(0.5));
  const isLarge = f64x2.gt(size, pair(0.5));
  const z = v128.bitselect(half, f64x2.mul(x, x), isLarge);
  const s = v128.bitselect(f64x2.sqrt(half), size, isLarge);
  const y = next(f64x2.mul(s, z), polynomial(z, arcsines, 10), s);
  const arc = v128.bitselect(f64x2.sub(pair(RIGHT_ANGLE + RIGHT_ANGLE_LOW), f64x2.add(y, y)), y, isLarge);
  return v128.bitselect(arc, x, i64x2.splat(i64.MAX_VALUE));
}

/** ψ(x), x > 0, from ψ(x + 8); what is below f32's normal numbers counts as the least of them. Twin: src/program/functions.ts */
export function digamma(x: v128): v128 {
  x = f64x2.pmax(x, pair(1.1754943508222875e-38));
  let shift = pair(0);
  for (let i = 0; i < 8; i++, x = f64x2.add(x, pair(1))) shift = f64x2.add(shift, f64x2.div(pair(1), x));
  const inverse = f64x2.div(pair(1), x);
  const z = f64x2.mul(inverse, inverse);
  const rest = f64x2.add(shift, next(inverse, pair(0.5), f64x2.mul(z, polynomial(z, digammas, 7))));
  return f64x2.sub(logarithms(x), rest);
}
