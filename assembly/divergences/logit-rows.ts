/**
 * Divergences of softmax rows from their logits, normalised on the way and never stored: a look at the rows, a guess of
 * the normalisers, and a sweep over the terms; another one where the guess was so bad that it hides the divergence.
 * Twin: src/divergences/alpha-logits.ts
 */
import { logarithmOfOnePlus } from '../math/doubles';
import { geometricMean, nearTerm } from '../math/alpha-series';
import { boundOf, memberOf } from '../math/finish';
import { strideOf } from '../math/quads';
import { CHUNK, fillChunk, lacksQ, resetLone, withoutP, withoutQ } from './logit-chunk';
import { exactDivergence } from './logit-exact';
import { guessedLogRatio, hasZeros, highestP, highestQ, lowestP, lowestQ, overview } from './logit-overview';
import { BLOCK, excess, mass, resetSums, sweepAlpha, sweepKl, value } from './logit-sweep';

/** Logits that the sweeps take. */
const LARGEST: f32 = 1000;
/** |log q/p| that they take: rows of the table whose numbers have nine bits, and whose entries stay within f32. */
const TABLE_REACH: f64 = 176;
const POWER_REACH: f64 = 80;
/** The share of the terms that may belong to the masses. */
const SHARE: f64 = 0.25;
/** Below this, times the mass, f64 is asked. */
const SMALLEST: f64 = 8.673617379884035e-19; // 2⁻⁶⁰
const LARGEST_VALUE: f64 = 1e36;

/** KL of each row, as the member of the family that the caller wants. */
export function klOfLogits(rows: i32, _width: i32, out: usize, scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, q: usize, rowsOfQ: i32, _outcomesOfQ: i32, alpha: f64, member: f64, factor: f64): void {
  alphaOfLogits(rows, 1, out, scratch, p, rowsOfP, outcomes, q, rowsOfQ, outcomes, 0, alpha, member, factor);
}

/** D_α for −3 ≤ α ≤ 0; without a table, KL. */
export function alphaOfLogits(rows: i32, _width: i32, out: usize, scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, q: usize, rowsOfQ: i32, _outcomesOfQ: i32, table: usize, alpha: f64, member: f64, factor: f64): void {
  const strideOfP = strideOf(rowsOfP, outcomes);
  const strideOfQ = strideOf(rowsOfQ, outcomes);
  for (let row = 0; row < rows; row++) {
    overview(p, q, outcomes, scratch);
    // D₀ is the same to the last bit when p and q change places: the one with the larger entry comes first.
    const exchanges = alpha === 0 && highestQ > highestP;
    if (exchanges) overview(q, p, outcomes, scratch);
    const divergence = exchanges ? rowDivergence(q, p, outcomes, scratch, table, alpha) : rowDivergence(p, q, outcomes, scratch, table, alpha);
    store<f32>(out, memberOf(Math.min(divergence, boundOf(table)), <i32>member, factor));
    out += 4;
    p += strideOfP;
    q += strideOfQ;
  }
}

function rowDivergence(p: usize, q: usize, outcomes: i32, scratch: usize, table: usize, alpha: f64): f64 {
  const a = (1 + alpha) / 2;
  let logRatio = guessedLogRatio(p, q, outcomes);
  for (let sweeps = 0; sweeps < 3 && isWithinReach(table, a, logRatio); sweeps++) {
    sweep(table, p, q, outcomes, scratch, logRatio);
    if (lacksQ && a <= 0) return Infinity;
    const extended = value + withoutP / (1 - a) + (lacksQ ? withoutQ / a : 0);
    const massOfP = mass + withoutQ;
    const difference = excess + withoutP - withoutQ;
    if (!(extended < LARGEST_VALUE)) break;
    if (difference > -massOfP / 2 && difference < massOfP) {
      const ofMasses = nearTerm(alpha, massOfP, difference);
      if (ofMasses <= SHARE * extended) {
        if (extended < SMALLEST * massOfP) break;
        return (extended - ofMasses) / geometricMean(a, massOfP, difference);
      }
    }
    logRatio += logarithmOfOnePlus(difference / massOfP);
  }
  return exactDivergence(alpha, p, q, outcomes, highestP, highestQ);
}

/** Whether all of the rows is where f32 serves. */
function isWithinReach(table: usize, a: f64, logRatio: f64): bool {
  if (min(lowestP, lowestQ) < -LARGEST || max(Mathf.abs(highestP), Mathf.abs(highestQ)) > LARGEST) return false;
  const rise = <f64>highestQ - <f64>lowestP - logRatio;
  const fall = <f64>highestP - <f64>lowestQ + logRatio;
  return table === 0 || Math.max(rise, fall) <= (a < 0 ? Math.min(TABLE_REACH, POWER_REACH / -a) : TABLE_REACH);
}

/** Chunk by chunk where the rows have zeros, otherwise whole but for the end. */
function sweep(table: usize, p: usize, q: usize, outcomes: i32, scratch: usize, logRatio: f64): void {
  resetSums();
  resetLone();
  let done = hasZeros ? 0 : outcomes & ~(BLOCK - 1);
  if (done > 0) sweepBlocks(table, p, q, done, logRatio);
  while (done < outcomes) {
    const count = min(outcomes - done, CHUNK);
    const filled = (count + BLOCK - 1) & ~(BLOCK - 1);
    fillChunk(scratch, p + (<usize>done << 2), q + (<usize>done << 2), count, filled, highestP, logRatio);
    sweepBlocks(table, scratch, scratch + 4 * CHUNK, filled, logRatio);
    done += count;
  }
}

@inline
function sweepBlocks(table: usize, p: usize, q: usize, outcomes: i32, logRatio: f64): void {
  if (table === 0) sweepKl(p, q, outcomes / BLOCK, highestP, logRatio);
  else sweepAlpha(p, q, outcomes / BLOCK, table, highestP, logRatio);
}
