/**
 * Divergences of all pairs of rows, by the divergences of one row from many.
 * Twins: shaders/divergences/pairwise.wgsl, pairwise-unsettled.wgsl
 */
import { membersOf } from '../math/finish';
import { partial, quad, storePartial } from '../math/quads';
import { alphaRows, farAlphaRows, klRows } from './alpha-rows';
import { hellingerRows } from './hellinger-rows';
import { ALPHA, KL } from './term';

const HELLINGER = 3;

/** D(p_i‖q_j) for all i, j, every pair for itself. What is `exchanged` are the arguments of the kind's D. */
export function allPairs(
  rows: i32, columns: i32, out: usize, _scratch: usize, p: usize, _rowsOfP: i32, outcomes: i32, q: usize, _rowsOfQ: i32, _outcomesOfQ: i32,
  table: usize, kind: f64, exchanged: f64, contract: f64, member: f64, factor: f64,
): void {
  for (let row = 0; row < rows; row++, p += <usize>outcomes << 2, out += <usize>columns << 2) {
    oneFromMany(<i32>kind, exchanged !== 0, columns, out, p, q, outcomes, table, contract, member, factor);
  }
}

/** The same where estimates settle most pairs; those that they do not are negative. */
export function unsettledPairs(
  rows: i32, columns: i32, out: usize, _scratch: usize, p: usize, _rowsOfP: i32, outcomes: i32, q: usize, _rowsOfQ: i32, _outcomesOfQ: i32,
  estimates: usize, _rows: i32, _columns: i32, table: usize, kind: f64, exchanged: f64, contract: f64, member: f64, factor: f64,
): void {
  for (let row = 0; row < rows; row++, p += <usize>outcomes << 2) {
    for (let column = 0; column < columns; column += 4) {
      const count = min(columns - column, 4);
      const estimate = count === 4 ? v128.load(estimates) : partial(estimates, count);
      const settled = membersOf(estimate, <i32>member, <f32>factor);
      if (count === 4) v128.store(out, settled);
      else storePartial(out, settled, count);
      if (v128.any_true(f32x4.lt(estimate, quad(0)))) {
        for (let lane = 0; lane < count; lane++) {
          if (load<f32>(estimates + (<usize>lane << 2)) >= 0) continue;
          oneFromMany(<i32>kind, exchanged !== 0, 1, out + (<usize>lane << 2), p, q + (<usize>(column + lane) * outcomes << 2), outcomes, table, contract, member, factor);
        }
      }
      estimates += <usize>count << 2;
      out += <usize>count << 2;
    }
  }
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
  else farAlphaRows(count, 1, out, 0, first, rowsOfFirst, outcomes, second, rowsOfSecond, outcomes, table, contract, member, factor);
}
