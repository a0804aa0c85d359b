/** One term of four outcomes: of KL in closed form, of any other α by its table. */
import { binades } from '../math/pair';
import { lower, narrowed, powerOfTwo, quad, upper } from '../math/quads';
import { alphaTerm, exponents, largerPower, longSeriesAt, seriesAt } from './alpha-term';
import { klTerm } from './kl-term';
import { mixtureTerm } from './mixture-term';

/** The kinds of terms; α itself is in the table. */
export const KL = 0;
export const ALPHA = 1;
/** |α| > 3: a polynomial of degree 18, and rows beyond f32. */
export const FAR_ALPHA = 2;
/** Jensen–Shannon. */
export const MIXTURE = 3;

/** What mass of p costs where q is 0; 0 stands for an infinite rate. */
@inline
export function rateOfP(kind: i32, table: usize): f32 {
  return kind === KL ? 0 : kind === MIXTURE ? load<f32>(table, 100) : load<f32>(table, 80);
}

/** What mass of q costs where p is 0. */
@inline
export function rateOfQ(kind: i32, table: usize): f32 {
  return kind === KL ? 1 : kind === MIXTURE ? load<f32>(table, 96) : load<f32>(table, 84);
}

/** Masses of outcomes that only q or only p has, until they are reset. */
export let withoutP: f64 = 0;
export let withoutQ: f64 = 0;

export function resetMasses(): void {
  withoutP = 0;
  withoutQ = 0;
}

export const LOWEST = (127 - 108) << 23;
const HIGHEST = (127 + 10) << 23;

/** Whether plain arithmetic serves outcomes: no zeros, and nothing so small or large that a step leaves f32. By their bits, which order as the numbers do. */
@inline
export function arePlain(least: v128, greatest: v128): bool {
  return !v128.any_true(outside(least, greatest));
}

/** Those of four outcomes that are not plain. */
@inline
export function outside(least: v128, greatest: v128): v128 {
  return v128.or(i32x4.lt_s(least, i32x4.splat(LOWEST)), i32x4.gt_s(greatest, i32x4.splat(HIGHEST)));
}

@inline
export function isPlain(p: v128, q: v128): bool {
  return arePlain(i32x4.min_s(p, q), i32x4.max_s(p, q));
}

/** The term, for outcomes that are plain; `own`: by code of this kind alone. */
@inline
export function plainTerm(kind: i32, own: bool, table: usize, p: v128, q: v128): v128 {
  if (!own) return anyPlainTerm(kind, table, p, q);
  const k = binades(p, q);
  const u = i32x4.add(p, k); // the bits of 2^k p
  const d = f32x4.sub(q, u);
  return reducedTerm(kind, table, u, d, f32x4.div(d, f32x4.add(q, u)), k);
}

function anyPlainTerm(kind: i32, table: usize, p: v128, q: v128): v128 {
  const k = binades(p, q);
  const u = i32x4.add(p, k);
  return anyReducedTerm(kind, table, u, f32x4.sub(q, u), k);
}

/** One function for all kinds, where size counts more than speed. */
function anyReducedTerm(kind: i32, table: usize, u: v128, d: v128, k: v128): v128 {
  if (kind === MIXTURE) return mixtureTerm(table, u, d, k);
  const s = f32x4.div(d, f32x4.add(f32x4.add(u, u), d));
  if (kind === KL) return klTerm(u, d, s, k);
  // Every factor is ≥ 1: what overflows on the way overflows in the end.
  const term = f32x4.mul(alphaTerm(table, u, d, s, k, kind === ALPHA ? seriesAt(table, s) : longSeriesAt(table, s), true), largerPower(k));
  return f32x4.mul(term, i32x4.shl(i32x4.add(i32x4.min_s(exponents, i32x4.splat(127)), i32x4.splat(127)), 23));
}

@inline
function reducedTerm(kind: i32, table: usize, u: v128, d: v128, s: v128, k: v128): v128 {
  if (kind === KL) return klTerm(u, d, s, k);
  return f32x4.mul(alphaTerm(table, u, d, s, k, seriesAt(table, s), false), largerPower(k));
}

const LIFT: f32 = 18446744073709551616.0; // 2⁶⁴

/** Any four outcomes: their terms in sum, and what one side has alone in `withoutP` and `withoutQ`. */
export function carefulTerms(kind: i32, table: usize, someP: v128, someQ: v128): f64 {
  const p = f32x4.abs(someP);
  const q = f32x4.abs(someQ);
  const noP = f32x4.eq(p, quad(0));
  const noQ = f32x4.eq(q, quad(0));
  if (v128.any_true(v128.or(noP, noQ))) {
    withoutP += sumOf(v128.and(q, noP));
    withoutQ += sumOf(v128.and(p, noQ));
  }
  const none = v128.or(noP, noQ);
  const bothP = v128.bitselect(quad(1), p, none);
  const bothQ = v128.bitselect(quad(1), q, none);
  if (isPlain(bothP, bothQ)) return sumOf(anyPlainTerm(kind, table, bothP, bothQ));
  return kind === MIXTURE ? farMixtureTerms(table, bothP, bothQ) : scaledTerms(kind, table, bothP, bothQ);
}

/** A share below 2⁻¹⁰⁰ counts only where the other is far larger, and that then costs as if it were alone. */
function farMixtureTerms(table: usize, p: v128, q: v128): f64 {
  const far = outside(i32x4.min_s(p, q), i32x4.max_s(p, q));
  const near = anyPlainTerm(MIXTURE, table, v128.bitselect(quad(1), p, far), v128.bitselect(quad(1), q, far));
  const rising = f32x4.gt(q, p);
  const larger = v128.and(far, v128.bitselect(f32x4.mul(q, quad(rateOfQ(MIXTURE, table))), f32x4.mul(p, quad(rateOfP(MIXTURE, table))), rising));
  return sumOf(near) + sumOf(larger);
}

@inline
function sumOf(x: v128): f64 {
  const sum = f64x2.add(lower(x), upper(x));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** By mantissas and exponents, so that subnormal numbers are right and only the result leaves f32. */
function scaledTerms(kind: i32, table: usize, p: v128, q: v128): f64 {
  const powerP = exponentOf(p);
  const powerQ = exponentOf(q);
  const mantissaP = mantissaOf(p);
  const mantissaQ = mantissaOf(q);
  const rising = f32x4.ge(q, p);
  // 2^step brings the mantissa of p to the side of q on which p lies.
  const step = v128.bitselect(f32x4.lt(mantissaQ, mantissaP), i32x4.neg(f32x4.gt(mantissaQ, mantissaP)), rising);
  const u = i32x4.add(mantissaP, i32x4.shl(step, 23));
  const d = f32x4.sub(mantissaQ, u);
  const s = f32x4.div(d, f32x4.add(mantissaQ, u));
  const k = i32x4.add(i32x4.sub(powerQ, powerP), step);
  const binadesOf = i32x4.shl(k, 23);
  let power = i32x4.sub(powerQ, i32x4.min_s(k, i32x4.splat(0)));
  let term: v128;
  if (kind === KL) {
    term = scaledKlTerm(u, d, s, k);
  } else {
    term = alphaTerm(table, u, d, s, binadesOf, kind === FAR_ALPHA ? longSeriesAt(table, s) : seriesAt(table, s), true);
    power = i32x4.add(power, exponents);
  }
  return (
    scaled(f32x4.extract_lane(term, 0), i32x4.extract_lane(power, 0)) + scaled(f32x4.extract_lane(term, 1), i32x4.extract_lane(power, 1)) +
    (scaled(f32x4.extract_lane(term, 2), i32x4.extract_lane(power, 2)) + scaled(f32x4.extract_lane(term, 3), i32x4.extract_lane(power, 3)))
  );
}

function scaled(x: f32, power: i32): f64 {
  const half = power >> 1;
  return <f64>x * powerOfTwo(half) * powerOfTwo(power - half);
}

@inline
function isSubnormal(x: v128): v128 {
  return f32x4.lt(x, quad(1.1754943508222875e-38));
}

@inline
function lifted(x: v128): v128 {
  return v128.bitselect(f32x4.mul(x, quad(LIFT)), x, isSubnormal(x));
}

function exponentOf(x: v128): v128 {
  return i32x4.sub(i32x4.shr_u(lifted(x), 23), v128.bitselect(i32x4.splat(127 + 64), i32x4.splat(127), isSubnormal(x)));
}

function mantissaOf(x: v128): v128 {
  return v128.or(v128.and(lifted(x), i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000));
}

/** The term of KL relative to the larger of p and q: where they are so far apart that 2^−|k| leaves f32, the smaller does not count. */
function scaledKlTerm(u: v128, d: v128, s: v128, k: v128): v128 {
  const near = i32x4.max_s(i32x4.min_s(k, i32x4.splat(118)), i32x4.splat(-118));
  const term = f32x4.div(klTerm(u, d, s, i32x4.shl(near, 23)), largerPower(i32x4.shl(near, 23)));
  // log(p/q) goes on where k does not.
  const beyond = f32x4.convert_i32x4_s(i32x4.max_s(i32x4.sub(near, k), i32x4.splat(0)));
  return f32x4.add(term, f32x4.mul(f32x4.mul(beyond, quad(0.6931472)), u));
}

/** The term of plain shares of rows in f64, whose differences near rows of unlike masses keep. Rounded to f32, they say how far apart they are. */
export function shareTerm(kind: i32, table: usize, lowP: v128, highP: v128, lowQ: v128, highQ: v128, p: v128, q: v128): v128 {
  const k = binades(p, q);
  const lowU = f64x2.mul(lowP, powersOf(i64x2.extend_low_i32x4_s(k)));
  const highU = f64x2.mul(highP, powersOf(i64x2.extend_high_i32x4_s(k)));
  const u = narrowed(lowU, highU);
  const d = narrowed(f64x2.sub(lowQ, lowU), f64x2.sub(highQ, highU));
  return anyReducedTerm(kind, table, u, d, k);
}

/** The term of shares whose difference is known better than by subtraction where they are near, and that may be as large as 2¹⁰¹. */
export function closeTerm(kind: i32, table: usize, p: v128, q: v128, difference: v128): v128 {
  const k = binades(p, q);
  const u = i32x4.add(p, k);
  return anyReducedTerm(kind, table, u, v128.bitselect(difference, f32x4.sub(q, u), i32x4.eq(k, i32x4.splat(0))), k);
}

/** 2^k in f64, of k 2²³. */
@inline
function powersOf(binadesOf: v128): v128 {
  return i64x2.add(i64x2.shl(binadesOf, 29), i64x2.splat(0x3ff0000000000000));
}
