/** D₀ = 2 Σ (√p − √q)², where neither tables nor logarithms are needed; symmetric to the last bit. */
import { memberOf } from '../math/finish';
import { differenceOfShares, equalise, shareOfP, shareOfQ } from '../math/equal-masses';
import { massOf } from '../math/rows';
import { accumulated, lower, quad, quadOf, strideOf, total, upper } from '../math/quads';

const MEASURES = 0;
const SHARE: f64 = 0.2; // of the divergence that may belong to the masses before a second sweep
/** Below it, times the mass, terms may be too small for f32: 2⁻⁶⁰. */
const FAINT: f64 = 8.673617379884035e-19;
/** Below it, differences of shares in f64 may have lost digits that count: 2⁻⁴⁸. */
const CLOSE: f64 = 3.552713678800501e-15;
/** Of D₀ of distributions. */
const BOUND: f64 = 4;
const TINY: f32 = 1.1754943508222875e-38;

let half: f64 = 0; // Σ (√p − √q)²
let massP: f64 = 0;
let excess: f64 = 0; // of the mass of q over that of p

/** D₀ of each row, as the member of the family that the caller wants. */
export function hellingerRows(rows: i32, _width: i32, out: usize, _scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, q: usize, rowsOfQ: i32, _outcomesOfQ: i32, contract: f64, member: f64, factor: f64): void {
  const strideOfP = strideOf(rowsOfP, outcomes);
  const strideOfQ = strideOf(rowsOfQ, outcomes);
  for (let row = 0; row < rows; row++) {
    store<f32>(out, memberOf(hellingerDivergence(p, q, outcomes, <i32>contract), <i32>member, factor));
    out += 4;
    p += strideOfP;
    q += strideOfQ;
  }
}

/** D₀ of one row. */
export function hellingerDivergence(p: usize, q: usize, outcomes: i32, contract: i32): f64 {
  sweep(p, q, outcomes);
  if (contract === MEASURES) return 2 * half;
  const mean = Math.sqrt(massP * (massP + excess));
  const ofMasses = (excess / (2 * massP + excess + 2 * mean)) * excess;
  if (!(ofMasses <= SHARE * half) || half < FAINT * Math.max(1, massP)) return Math.min(normalised(p, q, outcomes), BOUND);
  return Math.min((2 * Math.max(0, half - ofMasses)) / mean, BOUND);
}

/** (√p − √q)² = d²/(p + q + 2 √p √q), where p q itself might underflow. Zeros cost what the other has. */
@inline
function term(p: v128, q: v128): v128 {
  const d = f32x4.sub(p, q);
  const root = f32x4.mul(f32x4.sqrt(p), f32x4.sqrt(q));
  return f32x4.mul(d, f32x4.div(d, f32x4.max(f32x4.add(f32x4.add(p, q), f32x4.add(root, root)), quad(TINY))));
}

function sweep(p: usize, q: usize, outcomes: i32): void {
  let terms = f64x2.splat(0);
  let ofP = f64x2.splat(0);
  let differences = f64x2.splat(0);
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
    terms = accumulated(terms, f32x4.add(f32x4.add(term(p0, q0), term(p1, q1)), f32x4.add(term(p2, q2), term(p3, q3))));
    ofP = accumulated(ofP, f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3)));
    differences = accumulated(differences, f32x4.add(f32x4.add(f32x4.sub(q0, p0), f32x4.sub(q1, p1)), f32x4.add(f32x4.sub(q2, p2), f32x4.sub(q3, p3))));
  }
  for (; p < end; p += 16, q += 16) {
    const count = min(<i32>((end - p) >> 2), 4);
    const p0 = f32x4.abs(quadOf(p, count));
    const q0 = f32x4.abs(quadOf(q, count));
    terms = accumulated(terms, term(p0, q0));
    ofP = accumulated(ofP, p0);
    differences = accumulated(differences, f32x4.sub(q0, p0));
  }
  half = total(terms);
  massP = total(ofP);
  excess = total(differences);
}

/** Over p/P and q/Q in f64, so that near rows of unlike masses keep their difference, and multiples of each other have none. */
function normalised(p: usize, q: usize, outcomes: i32): f64 {
  const ofP = f64x2.splat(massOf(p, outcomes));
  const ofQ = f64x2.splat(massOf(q, outcomes));
  const start = p;
  const other = q;
  let terms = f64x2.splat(0);
  const end = p + ((<usize>outcomes) << 2);
  for (; p < end; p += 16, q += 16) {
    const count = min(<i32>((end - p) >> 2), 4);
    const p0 = quadOf(p, count);
    const q0 = quadOf(q, count);
    terms = f64x2.add(terms, f64x2.add(termOf(f64x2.div(lower(p0), ofP), f64x2.div(lower(q0), ofQ)), termOf(f64x2.div(upper(p0), ofP), f64x2.div(upper(q0), ofQ))));
  }
  const divergence = 2 * total(terms);
  return divergence < CLOSE && equalise(start, other, outcomes, 1) ? close(start, other, outcomes) : divergence;
}

@inline
function termOf(p: v128, q: v128): v128 {
  return exactTerm(p, q, f64x2.sub(p, q));
}

/** Rows so close that f64 does not hold the digits of the difference of p/P and q/Q. */
function close(p: usize, q: usize, outcomes: i32): f64 {
  let terms = f64x2.splat(0);
  for (const end = p + ((<usize>outcomes) << 2); p < end; p += 16, q += 16) {
    const count = min(<i32>((end - p) >> 2), 4);
    terms = f64x2.add(terms, f64x2.add(closeTerm(lower(quadOf(p, count)), lower(quadOf(q, count))), closeTerm(upper(quadOf(p, count)), upper(quadOf(q, count)))));
  }
  return 2 * total(terms);
}

@inline
function closeTerm(p: v128, q: v128): v128 {
  return exactTerm(shareOfP(f64x2.abs(p)), shareOfQ(f64x2.abs(q)), differenceOfShares(f64x2.abs(p), f64x2.abs(q)));
}

@inline
function exactTerm(p: v128, q: v128, d: v128): v128 {
  const root = f64x2.sqrt(f64x2.mul(f64x2.abs(p), f64x2.abs(q)));
  return f64x2.mul(d, f64x2.div(d, f64x2.max(f64x2.add(f64x2.add(p, q), f64x2.add(root, root)), f64x2.splat(1e-300))));
}
