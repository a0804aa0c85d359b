/**
 * The α-family, and Jensen–Shannon, of rows of nonnegative numbers. `contract` says what is made of masses, `member` and `factor` what of D_α.
 * Twin: src/divergences/alpha-member.ts
 */
import { rowDivergences, WEIGHTS } from './row-divergence';
import { ALPHA, FAR_ALPHA, KL, MIXTURE } from './term';

/** KL(p‖q) of each row, as the member of the family that the caller wants. */
export function klRows(rows: i32, _width: i32, out: usize, _scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, q: usize, rowsOfQ: i32, _outcomesOfQ: i32, contract: f64, member: f64, factor: f64): void {
  rowDivergences(KL, rows, out, p, rowsOfP, outcomes, q, rowsOfQ, 0, <i32>contract, <i32>member, factor);
}

/** D_α for −3 ≤ α ≤ 0. */
export function alphaRows(rows: i32, _width: i32, out: usize, _scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, q: usize, rowsOfQ: i32, _outcomesOfQ: i32, table: usize, contract: f64, member: f64, factor: f64): void {
  rowDivergences(ALPHA, rows, out, p, rowsOfP, outcomes, q, rowsOfQ, table, <i32>contract, <i32>member, factor);
}

/** D_α for α < −3. */
export function farAlphaRows(rows: i32, _width: i32, out: usize, _scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, q: usize, rowsOfQ: i32, _outcomesOfQ: i32, table: usize, contract: f64, member: f64, factor: f64): void {
  rowDivergences(FAR_ALPHA, rows, out, p, rowsOfP, outcomes, q, rowsOfQ, table, <i32>contract, <i32>member, factor);
}

/** The Jensen–Shannon divergence of distributions, whatever the masses of the rows. */
export function mixtureRows(rows: i32, _width: i32, out: usize, _scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, q: usize, rowsOfQ: i32, _outcomesOfQ: i32, table: usize, member: f64): void {
  rowDivergences(MIXTURE, rows, out, p, rowsOfP, outcomes, q, rowsOfQ, table, WEIGHTS, <i32>member, 1);
}
