/**
 * Divergences of all pairs of rows, by the divergences of one row from many.
 * Twins: shaders/divergences/pairwise.wgsl, pairwise-unsettled.wgsl
 */
import { memberOf, membersOf } from '../math/finish';
import { alphaRows, farAlphaRows, klRows, mixtureRows } from './alpha-rows';
import { hellingerRows } from './hellinger-rows';
import { ALPHA, KL, MIXTURE } from './term';

/** Beside the kinds of terms. */
const HELLINGER = 4;

/** D(p_i‖q_j) for all i, j, every pair for itself. What is `exchanged` are the arguments of the kind's D. */
export function allPairs(
  rows: i32, columns: i32, out: usize, _scratch: usize, p: usize, _rowsOfP: i32, outcomes: i32, q: usize, _rowsOfQ: i32, _outcomesOfQ: i32,
  table: usize, kind: f64, exchanged: f64, contract: f64, member: f64, factor: f64,
): void {
  for (let row = 0; row < rows; row++, p += <usize>outcomes << 2, out += <usize>columns << 2) {
    oneFromMany(<i32>kind, exchanged !== 0, columns, out, p, q, outcomes, table, contract, member, factor);
  }
}

/** The same where estimates settle most pairs; those that they do not are negative. The result may take their place. */
export function unsettledPairs(
  rows: i32, columns: i32, out: usize, _scratch: usize, p: usize, _rowsOfP: i32, outcomes: i32, q: usize, _rowsOfQ: i32, _outcomesOfQ: i32,
  estimates: usize, _rows: i32, _columns: i32, table: usize, kind: f64, exchanged: f64, contract: f64, member: f64, factor: f64,
): void {
  for (let row = 0; row < rows; row++, p += <usize>outcomes << 2) {
    for (let column = 0; column < columns; column += GROUP) {
      const count = min(columns - column, GROUP);
      if (count === GROUP && areSettled(estimates)) {
        for (let at: usize = 0; at < <usize>GROUP << 2; at += 16) v128.store(out + at, membersOf(v128.load(estimates + at), <i32>member, <f32>factor));
        estimates += GROUP << 2;
        out += GROUP << 2;
        continue;
      }
      for (let index = column; index < column + count; index++, estimates += 4, out += 4) {
        const estimate = load<f32>(estimates);
        if (estimate >= 0) store<f32>(out, memberOf(estimate, <i32>member, factor));
        else oneFromMany(<i32>kind, exchanged !== 0, 1, out, p, q + (<usize>index * outcomes << 2), outcomes, table, contract, member, factor);
      }
    }
  }
}

/** Pairs that are looked through together. */
const GROUP = 16;

@inline
function areSettled(estimates: usize): bool {
  const least = f32x4.min(f32x4.min(v128.load(estimates), v128.load(estimates, 16)), f32x4.min(v128.load(estimates, 32), v128.load(estimates, 48)));
  return !v128.any_true(f32x4.lt(least, f32x4.splat(0)));
}

/** D of one row p and `count` rows q. */
function oneFromMany(kind: i32, exchanged: bool, count: i32, out: usize, p: usize, q: usize, outcomes: i32, table: usize, contract: f64, member: f64, factor: f64): void {
  const first = exchanged ? q : p;
  const second = exchanged ? p : q;
  const rowsOfFirst = exchanged ? count : 1;
  const rowsOfSecond = exchanged ? 1 : count;
  if (kind === KL) klRows(count, 1, out, 0, first, rowsOfFirst, outcomes, second, rowsOfSecond, outcomes, contract, member, factor);
  else if (kind === HELLINGER) hellingerRows(count, 1, out, 0, first, rowsOfFirst, outcomes, second, rowsOfSecond, outcomes, contract, member, factor);
  else if (kind === ALPHA) alphaRows(count, 1, out, 0, first, rowsOfFirst, outcomes, second, rowsOfSecond, outcomes, table, contract, member, factor);
  else if (kind === MIXTURE) mixtureRows(count, 1, out, 0, first, rowsOfFirst, outcomes, second, rowsOfSecond, outcomes, table, member);
  else farAlphaRows(count, 1, out, 0, first, rowsOfFirst, outcomes, second, rowsOfSecond, outcomes, table, contract, member, factor);
}
