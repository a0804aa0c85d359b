/**
 * A sweep over two rows of logits as the measures p̃ = exp(p) 2^−N and q̃ = p̃ e^x, x = q − p − C, where C is about the
 * difference of their normalisers: what it lacks, Σ q̃ − p̃ tells.
 * Twin: shaders/divergences/alpha-logits.wgsl
 */
import { LOG2 } from '../math/doubles';
import { INVERSE_LOG2, reducedExpm1, ROUNDER } from '../math/elementary';
import { accumulated, bits, magnitude, mulAdd, quad, total } from '../math/quads';
import { ALPHA, KL, logitTerm, secondDifference } from './logit-term';

/** Sums of the sweep: of the terms, of p̃, and of q̃ − p̃. */
export let value: f64 = 0;
export let mass: f64 = 0;
export let excess: f64 = 0;

/** Outcomes that are summed in f32 before f64. */
export const BLOCK = 16;
/** log 2 in two parts (Cody & Waite). The first has 12 bits, so that its products with |n| ≤ 2¹² are exact. */
const LOG2_FIRST: f32 = 0.693115234375;
const LOG2_REST: f32 = 3.1946184945309417e-5;
const ONE: i32 = 0x3f800000;
const ROUNDER_BITS: i32 = 0x4b400000;

export function resetSums(): void {
  value = 0;
  mass = 0;
  excess = 0;
}

/** Adds whole blocks of rows without zeros to the sums. */
export function sweepKl(p: usize, q: usize, blocks: i32, highestP: f32, logRatio: f64): void {
  sweep(KL, p, q, blocks, 0, highestP, logRatio);
}

export function sweepAlpha(p: usize, q: usize, blocks: i32, table: usize, highestP: f32, logRatio: f64): void {
  sweep(ALPHA, p, q, blocks, table, highestP, logRatio);
}

/** C = step LOG2_FIRST + high + low. Engines take constants out of a loop only if its body always runs: hence `do`, and no branches. */
@inline
function sweep(kind: i32, p: usize, q: usize, blocks: i32, table: usize, highestP: f32, logRatio: f64): void {
  const wholesOfAll = f32x4.add(quad(highestP * INVERSE_LOG2), quad(ROUNDER)); // N
  const step = nearest(logRatio / LOG2);
  const rest = logRatio - step * <f64>LOG2_FIRST;
  const coarse = nearest(rest * 16777216) / 16777216; // a multiple of 2⁻²⁴, as differences of logits are that are near it
  const steps = quad(<f32>step);
  const high = quad(<f32>coarse);
  const low = quad(<f32>(rest - coarse));
  const about = quad(<f32>logRatio);
  let values = f64x2.splat(0);
  let masses = f64x2.splat(0);
  let excesses = f64x2.splat(0);
  do {
    const end = p + 4 * BLOCK;
    let terms = quad(0);
    let ofP = quad(0);
    let differences = quad(0);
    do {
      const a = v128.load(p);
      const b = v128.load(q);
      // p̃ = m 2^n, and x = k log 2 + y
      const wholes = f32x4.add(f32x4.mul(a, quad(INVERSE_LOG2)), quad(ROUNDER));
      const m = f32x4.add(quad(1), reducedExpm1(withoutWholes(a, f32x4.sub(wholes, quad(ROUNDER)))));
      const n = i32x4.sub(wholes, wholesOfAll);
      const d = f32x4.sub(b, a);
      const k = f32x4.trunc(f32x4.mul(f32x4.sub(d, about), quad(INVERSE_LOG2)));
      const y = remainder(f32x4.sub(f32x4.sub(d, f32x4.mul(f32x4.add(k, steps), quad(LOG2_FIRST))), high), differenceError(b, a, d), mulAdd(k, quad(LOG2_REST), low));
      const second = f32x4.mul(f32x4.mul(y, y), secondDifference(y));
      const growth = f32x4.add(y, second);
      // In units of the larger of p̃ and 2^k p̃ these are 2^−k and 1, or 1 and 2^k.
      const rising = f32x4.gt(k, quad(0));
      const w = i32x4.sub(bits(ONE), i32x4.shl(f32x4.add(f32x4.pmin(quad(126), magnitude(k)), quad(ROUNDER)), 23));
      const ofStart = v128.bitselect(w, quad(1), rising);
      const ofEnd = f32x4.sub(f32x4.add(quad(1), w), ofStart);
      const wholeK = i32x4.sub(f32x4.add(k, quad(ROUNDER)), bits(ROUNDER_BITS));
      const larger = scaled(m, i32x4.add(n, v128.and(wholeK, rising)));
      terms = f32x4.add(terms, f32x4.mul(larger, logitTerm(kind, table, k, i32x4.shl(wholeK, 23), w, ofStart, y, second, growth)));
      ofP = f32x4.add(ofP, f32x4.mul(larger, ofStart));
      differences = f32x4.add(differences, f32x4.mul(larger, mulAdd(ofEnd, growth, f32x4.sub(ofEnd, ofStart))));
      p += 16;
      q += 16;
    } while (p < end);
    values = accumulated(values, terms);
    masses = accumulated(masses, ofP);
    excesses = accumulated(excesses, differences);
  } while (--blocks > 0);
  value += total(values);
  mass += total(masses);
  excess += total(excesses);
}

/** x − n log 2. */
@inline
function withoutWholes(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, quad(LOG2_FIRST))), f32x4.mul(n, quad(LOG2_REST)));
}

/** x + error − low, rounded once. Where x and the error cancel, their sum is exact. */
@inline
function remainder(x: v128, error: v128, low: v128): v128 {
  const sum = f32x4.add(x, error);
  return f32x4.add(sum, f32x4.sub(f32x4.sub(error, f32x4.sub(sum, x)), low));
}

/** The rounding error of d = b − a (Knuth's TwoDiff). */
@inline
function differenceError(b: v128, a: v128, d: v128): v128 {
  const back = f32x4.sub(d, b);
  return f32x4.sub(f32x4.sub(b, f32x4.sub(d, back)), f32x4.add(a, back));
}

/** m 2^n, 0 where f32 has no normal number for it. */
@inline
function scaled(m: v128, n: v128): v128 {
  return v128.and(i32x4.add(m, i32x4.shl(n, 23)), i32x4.gt_s(n, bits(-126)));
}
