/**
 * Gradients of the α-family, of each row of the first operand, the other one held fixed.
 * Twin: src/divergences/gradient-call.ts
 */
import { memberOf, slopeOfMember } from '../math/finish';
import { strideOf } from '../math/quads';
import { gradientOfLogits } from './gradient-logits';
import { gradientOfWeights } from './gradient-weights';
import { hellingerDivergence } from './hellinger-rows';
import { divergenceOfRow } from './row-divergence';

/** Beside the kinds of terms, for the value at α = 0. */
const HELLINGER = 4;

/** The gradient of D_α in each row of the first operand. */
export function gradientRows(rows: i32, width: i32, out: usize, _scratch: usize, own: usize, rowsOfOwn: i32, _outcomes: i32, other: usize, rowsOfOther: i32, _outcomesOfOther: i32, c: f64): void {
  const strideOfOwn = strideOf(rowsOfOwn, width);
  const strideOfOther = strideOf(rowsOfOther, width);
  for (let row = 0; row < rows; row++) {
    gradientOfWeights(out, own, other, width, c, 1);
    out += (<usize>width) << 2;
    own += strideOfOwn;
    other += strideOfOther;
  }
}

/** The same in the logits of the row. */
export function logitGradientRows(rows: i32, width: i32, out: usize, scratch: usize, own: usize, rowsOfOwn: i32, _outcomes: i32, other: usize, rowsOfOther: i32, _outcomesOfOther: i32, c: f64): void {
  const strideOfOwn = strideOf(rowsOfOwn, width);
  const strideOfOther = strideOf(rowsOfOther, width);
  for (let row = 0; row < rows; row++) {
    gradientOfLogits(out, own, other, width, scratch, c, 1);
    out += (<usize>width) << 2;
    own += strideOfOwn;
    other += strideOfOther;
  }
}

/** The gradient of a member of the family, whose value comes before it if the row has room for that. `exchanged`: D_α as the term has it is of the other row first. */
export function valuedGradientRows(
  rows: i32, width: i32, out: usize, _scratch: usize, own: usize, rowsOfOwn: i32, outcomes: i32, other: usize, rowsOfOther: i32, _outcomesOfOther: i32, table: usize,
  c: f64, exchanged: f64, kind: f64, contract: f64, member: f64, factor: f64,
): void {
  const strideOfOwn = strideOf(rowsOfOwn, outcomes);
  const strideOfOther = strideOf(rowsOfOther, outcomes);
  const before = (<usize>(width - outcomes)) << 2;
  for (let row = 0; row < rows; row++) {
    const value = memberOf(valueOf(<i32>kind, exchanged !== 0 ? other : own, exchanged !== 0 ? own : other, outcomes, table, <i32>contract), <i32>member, factor);
    const slope = slopeOfMember(value, <i32>member, factor);
    if (before > 0) store<f32>(out, value);
    if (slope === 0) memory.fill(out + before, 0, (<usize>outcomes) << 2);
    else gradientOfWeights(out + before, own, other, outcomes, c, slope);
    out += (<usize>width) << 2;
    own += strideOfOwn;
    other += strideOfOther;
  }
}

function valueOf(kind: i32, p: usize, q: usize, outcomes: i32, table: usize, contract: i32): f64 {
  return kind === HELLINGER ? hellingerDivergence(p, q, outcomes, contract) : divergenceOfRow(kind, p, q, outcomes, table, contract);
}
