/**
 * Divergences of rows of nonnegative numbers: one sweep over a row, and another over its normalised entries where the
 * difference of the masses would hide the divergence.
 * Twin: shaders/divergences/row-sums.wgsl
 */
import { boundOf, memberOf } from '../math/finish';
import { differenceOfShares, equalise, shareOfP, shareOfQ } from '../math/equal-masses';
import { massOf } from '../math/rows';
import { accumulated, lower, narrowed, partial, quad, quadOf, strideOf, total, upper } from '../math/quads';
import { ALPHA, arePlain, carefulTerms, closeTerm, isPlain, KL, LOWEST, MIXTURE, outside, plainTerm, rateOfP, rateOfQ, resetMasses, shareTerm, withoutP, withoutQ } from './term';

/** Sums of a sweep: of the terms, of p, and of q − p. */
let value: f64 = 0;
let mass: f64 = 0;
let excess: f64 = 0;

const SHARE = 0.2; // of the divergence that may belong to the masses before a second sweep
/** Of divergences below it, differences of shares in f64 may have lost digits that count, or f32 some terms: 2⁻⁴⁸. */
const CLOSE: f64 = 3.552713678800501e-15;
/** The mass at which rows are taken then: 2¹⁰⁰. */
const LIFT: f64 = 1.2676506002282294e30;
const NEAR = 0.003; // relative difference of masses up to which series of degree 3 are right

/** What distributions ask for that measures do not. */
const MEASURES = 0;
export const WEIGHTS = 2;

@inline
export function rowDivergences(
  kind: i32, rows: i32, out: usize, p: usize, rowsOfP: i32, outcomes: i32, q: usize, rowsOfQ: i32, table: usize, contract: i32, member: i32, factor: f64,
): void {
  const strideOfP = strideOf(rowsOfP, outcomes);
  const strideOfQ = strideOf(rowsOfQ, outcomes);
  for (let row = 0; row < rows; row++) {
    store<f32>(out, memberOf(divergenceOfRow(kind, p, q, outcomes, table, contract), member, factor));
    out += 4;
    p += strideOfP;
    q += strideOfQ;
  }
}

/** Of one row. The kinds that most rows are of have code of their own. */
@inline
export function divergenceOfRow(kind: i32, p: usize, q: usize, outcomes: i32, table: usize, contract: i32): f64 {
  if (kind === KL) return klDivergence(p, q, outcomes, contract);
  if (kind === ALPHA) return alphaDivergence(p, q, outcomes, table, contract);
  return otherDivergence(kind, p, q, outcomes, table, contract);
}

function klDivergence(p: usize, q: usize, outcomes: i32, contract: i32): f64 {
  return rowDivergence(KL, true, p, q, outcomes, 0, contract);
}

function alphaDivergence(p: usize, q: usize, outcomes: i32, table: usize, contract: i32): f64 {
  return rowDivergence(ALPHA, true, p, q, outcomes, table, contract);
}

function otherDivergence(kind: i32, p: usize, q: usize, outcomes: i32, table: usize, contract: i32): f64 {
  return rowDivergence(kind, false, p, q, outcomes, table, contract);
}

@inline
function rowDivergence(kind: i32, own: bool, p: usize, q: usize, outcomes: i32, table: usize, contract: i32): f64 {
  if (contract !== WEIGHTS) {
    sweep(kind, own, p, q, outcomes, table);
    const extended = value + alone(kind, table);
    if (contract === MEASURES) return extended;
    const ofMasses = massTerm(kind, table);
    const ratio = excess / mass;
    if (Math.abs(ratio) <= NEAR && ofMasses <= SHARE * extended && extended >= CLOSE) return Math.min(Math.max(0, extended - ofMasses) / meanMass(kind, table, ratio), boundOf(table));
  }
  normalisedSweep(kind, p, q, outcomes, table);
  const divergence = value + alone(kind, table) / RAISED;
  if (divergence < CLOSE && equalise(p, q, outcomes, LIFT)) return closeDivergence(kind, p, q, outcomes, table) / LIFT;
  return Math.min(divergence, boundOf(table));
}

/** What outcomes cost that only one of the rows has. */
function alone(kind: i32, table: usize): f64 {
  if (kind === MIXTURE) return withoutP * rateOfQ(kind, table) + withoutQ * rateOfP(kind, table); // never infinite
  return costOf(withoutP, rateOfQ(kind, table)) + costOf(withoutQ, rateOfP(kind, table));
}

@inline
function costOf(lone: f64, rate: f64): f64 {
  return lone === 0 ? 0 : rate === 0 ? Infinity : lone * rate;
}

/** φ_α of the two masses, by the first terms of its series. */
function massTerm(kind: i32, table: usize): f64 {
  const s = excess / (2 * mass + excess);
  if (kind === KL) return excess * s * (1 - (s / 3) * (1 - s));
  return excess * s * (1 + s * (<f64>load<f32>(table, 4) + s * (<f64>load<f32>(table, 8) + s * <f64>load<f32>(table, 12))));
}

/** P^b Q^a, by the binomial series of (Q/P)^a. */
function meanMass(kind: i32, table: usize, ratio: f64): f64 {
  if (kind === KL) return mass;
  const a: f64 = <f64>load<f32>(table, 88);
  return mass * (1 + a * ratio * (1 + ((a - 1) / 2) * ratio * (1 + ((a - 2) / 3) * ratio)));
}

/** `own`: whether the code is of this kind alone. */
@inline
function sweep(kind: i32, own: bool, p: usize, q: usize, outcomes: i32, table: usize): void {
  resetMasses();
  let values = f64x2.splat(0);
  let masses = f64x2.splat(0);
  let differences = f64x2.splat(0);
  let careful: f64 = 0;
  const end = p + ((<usize>outcomes) << 2);
  const whole = p + ((<usize>(outcomes & ~15)) << 2);
  for (; p < whole; p += 64, q += 64) {
    const p0 = v128.load(p);
    const p1 = v128.load(p, 16);
    const p2 = v128.load(p, 32);
    const p3 = v128.load(p, 48);
    const q0 = v128.load(q);
    const q1 = v128.load(q, 16);
    const q2 = v128.load(q, 32);
    const q3 = v128.load(q, 48);
    const low = i32x4.min_s(i32x4.min_s(i32x4.min_s(p0, q0), i32x4.min_s(p1, q1)), i32x4.min_s(i32x4.min_s(p2, q2), i32x4.min_s(p3, q3)));
    const high = i32x4.max_s(i32x4.max_s(i32x4.max_s(p0, q0), i32x4.max_s(p1, q1)), i32x4.max_s(i32x4.max_s(p2, q2), i32x4.max_s(p3, q3)));
    if (arePlain(low, high)) {
      values = accumulated(values, kind === KL ? f32x4.add(plainTerms(kind, own, table, p0, q0, p1, q1), plainTerms(kind, own, table, p2, q2, p3, q3)) : sixteenTerms(kind, own, table, p, q));
    } else {
      for (let at: usize = 0; at < 64; at += 16) careful += carefulTerms(kind, table, v128.load(p + at), v128.load(q + at));
    }
    masses = accumulated(masses, f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3)));
    differences = accumulated(differences, f32x4.add(f32x4.add(f32x4.sub(q0, p0), f32x4.sub(q1, p1)), f32x4.add(f32x4.sub(q2, p2), f32x4.sub(q3, p3))));
  }
  while (p < end) {
    const count = min(<i32>((end - p) >> 2), 4);
    const p0 = quadOf(p, count);
    const q0 = quadOf(q, count);
    careful += carefulTerms(kind, table, p0, q0);
    masses = accumulated(masses, p0);
    differences = accumulated(differences, f32x4.sub(q0, p0));
    p += 16;
    q += 16;
  }
  value = total(values) + careful;
  mass = total(masses);
  excess = total(differences);
}

@inline
function plainTerms(kind: i32, own: bool, table: usize, p0: v128, q0: v128, p1: v128, q1: v128): v128 {
  return f32x4.add(plainTerm(kind, own, table, p0, q0), plainTerm(kind, own, table, p1, q1));
}

/** In a loop, since terms by a table are long. */
@inline
function sixteenTerms(kind: i32, own: bool, table: usize, p: usize, q: usize): v128 {
  let sum = quad(0);
  let at: usize = 0;
  do {
    sum = f32x4.add(sum, plainTerms(kind, own, table, v128.load(p + at), v128.load(q + at), v128.load(p + at, 16), v128.load(q + at, 16)));
    at += 32;
  } while (at < 64);
  return sum;
}

/** The sweep over p/P and q/Q, whose masses are 1 as exactly as f64 has them. Quotients, so that rows that are multiples of each other are equal. */
function normalisedSweep(kind: i32, p: usize, q: usize, outcomes: i32, table: usize): void {
  const ofP = f64x2.splat(massOf(p, outcomes));
  const ofQ = f64x2.splat(massOf(q, outcomes));
  resetMasses();
  let values = f64x2.splat(0);
  let careful: f64 = 0;
  const end = p + ((<usize>outcomes) << 2);
  for (; p < end; p += 16, q += 16) {
    const count = min(<i32>((end - p) >> 2), 4);
    const p0 = f32x4.abs(quadOf(p, count));
    const q0 = f32x4.abs(quadOf(q, count));
    const lowP = f64x2.div(lower(p0), ofP);
    const highP = f64x2.div(upper(p0), ofP);
    const lowQ = f64x2.div(lower(q0), ofQ);
    const highQ = f64x2.div(upper(q0), ofQ);
    const shareOfP = narrowed(lowP, highP);
    const shareOfQ = narrowed(lowQ, highQ);
    if (isPlain(shareOfP, shareOfQ)) values = accumulated(values, shareTerm(kind, table, lowP, highP, lowQ, highQ, shareOfP, shareOfQ));
    else careful += carefulShareTerms(kind, table, lowP, highP, lowQ, highQ, shareOfP, shareOfQ);
  }
  value = total(values) + careful / RAISED;
}

/** Shares go down to 2⁻²⁴⁹: those that are not plain are multiplied by this, so that f32 holds them, and so are their terms. */
const RAISED: f64 = 85070591730234620000000000000000000000.0; // 2¹²⁶

/** Divergence of rows that `equalise` has prepared, times their mass. */
function closeDivergence(kind: i32, p: usize, q: usize, outcomes: i32, table: usize): f64 {
  resetMasses();
  let sum: f64 = 0;
  for (const end = p + ((<usize>outcomes) << 2); p < end; p += 16, q += 16) {
    const count = min(<i32>((end - p) >> 2), 4);
    const p0 = f32x4.abs(quadOf(p, count));
    const q0 = f32x4.abs(quadOf(q, count));
    const lowP = shareOfP(lower(p0));
    const highP = shareOfP(upper(p0));
    const lowQ = shareOfQ(lower(q0));
    const highQ = shareOfQ(upper(q0));
    const ofP = narrowed(lowP, highP);
    const ofQ = narrowed(lowQ, highQ);
    const apart = i32x4.lt_s(i32x4.min_s(ofP, ofQ), i32x4.splat(LOWEST));
    const d = v128.andnot(narrowed(differenceOfShares(lower(p0), lower(q0)), differenceOfShares(upper(p0), upper(q0))), apart);
    const one = quad(1);
    sum += total(accumulated(f64x2.splat(0), closeTerm(kind, table, v128.bitselect(one, ofP, apart), v128.bitselect(one, ofQ, apart), d)));
    sum += carefulTerms(kind, table, v128.and(ofP, apart), v128.and(ofQ, apart));
  }
  return sum + alone(kind, table);
}

/** Of shares that are zero, or else not plain, the rounding to f32 does not count: they are apart. */
function carefulShareTerms(kind: i32, table: usize, lowP: v128, highP: v128, lowQ: v128, highQ: v128, shareOfP: v128, shareOfQ: v128): f64 {
  const apart = outside(i32x4.min_s(shareOfP, shareOfQ), i32x4.max_s(shareOfP, shareOfQ));
  const one = f64x2.splat(1);
  const apartLow = i64x2.extend_low_i32x4_s(apart);
  const apartHigh = i64x2.extend_high_i32x4_s(apart);
  const terms = shareTerm(
    kind, table, v128.bitselect(one, lowP, apartLow), v128.bitselect(one, highP, apartHigh), v128.bitselect(one, lowQ, apartLow), v128.bitselect(one, highQ, apartHigh),
    v128.bitselect(quad(1), shareOfP, apart), v128.bitselect(quad(1), shareOfQ, apart),
  );
  const raised = f64x2.splat(RAISED);
  const raisedP = v128.and(narrowed(f64x2.mul(lowP, raised), f64x2.mul(highP, raised)), apart);
  const raisedQ = v128.and(narrowed(f64x2.mul(lowQ, raised), f64x2.mul(highQ, raised)), apart);
  return carefulTerms(kind, table, raisedP, raisedQ) + RAISED * total(accumulated(f64x2.splat(0), terms));
}
