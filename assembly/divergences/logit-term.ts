/**
 * The parts of a term of two logits: p = m 2^n and q = 2^k p e^y with whole binades k towards zero and |y| ≤ log 2, so
 * that every part has one sign. Terms come in units of the larger of p and 2^k p.
 * Twin: shaders/divergences/logit-pair.wgsl
 */
import { LOG2_HIGH, LOG2_LOW } from '../math/elementary';
import { magnitude, mulAdd, quad } from '../math/quads';
import { alphaTerm, seriesAt } from './alpha-term';

/** The kinds of terms; any α but ±1 is in the table. */
export const KL = 0;
export const ALPHA = 1;

/** (e^y − 1 − y)/y² on ±log 2, to 2^−29.5. */
@inline
export function secondDifference(y: v128): v128 {
  let tail = mulAdd(quad(2.512668834e-5), y, quad(0.000200971277081));
  tail = mulAdd(tail, y, quad(0.001388760749251));
  tail = mulAdd(tail, y, quad(0.008332619443536));
  tail = mulAdd(tail, y, quad(0.041666686534882));
  tail = mulAdd(tail, y, quad(0.166666716337204));
  return mulAdd(tail, y, quad(0.5));
}

/** tanh(y/2) on ±log 2, to 2^−28.7. */
@inline
function tanhOfHalf(y: v128): v128 {
  const z = f32x4.mul(y, y);
  let tail = mulAdd(quad(0.0000388147855), z, quad(-0.000420478871));
  tail = mulAdd(tail, z, quad(0.00416655699));
  tail = mulAdd(tail, z, quad(-0.0416666642));
  return mulAdd(f32x4.mul(y, z), tail, f32x4.mul(y, quad(0.5)));
}

/**
 * The term over what the larger of p and 2^k p is, for w = 2^−|k|, p over that, rest = e^y − 1 − y and growth = e^y − 1:
 * of KL it is q/p − 1 − log(q/p), or that over 2^k.
 */
@inline
export function logitTerm(kind: i32, table: usize, k: v128, binades: v128, w: v128, p: v128, y: v128, rest: v128, growth: v128): v128 {
  if (kind === ALPHA) {
    const s = tanhOfHalf(y);
    return alphaTerm(table, quad(1), growth, s, binades, seriesAt(table, s), false);
  }
  const u = f32x4.sub(quad(1), w);
  const multiple = f32x4.mul(magnitude(k), p);
  const start = mulAdd(multiple, quad(-LOG2_LOW), mulAdd(multiple, quad(-LOG2_HIGH), u));
  return f32x4.add(magnitude(start), mulAdd(u, magnitude(growth), f32x4.mul(rest, p)));
}
