/** What the sweep over two rows of logits must know beforehand: where their entries lie, and about how their masses compare. */
import { logarithmOfOnePlus } from '../math/doubles';
import { exponentialFrom } from '../math/elementary';
import { accumulated, quad, total } from '../math/quads';

/** Bounds of the finite entries, but not above 0 from below, and whether there are entries of −∞. */
export let lowestP: f32 = 0;
export let lowestQ: f32 = 0;
export let highestP: f32 = 0;
export let highestQ: f32 = 0;
export let hasZeros: bool = false;

/** The masses are guessed from every so many quads, or from so many in all. */
const MOST_APART = 32;
const LEAST_SAMPLE = 16;

export function overview(p: usize, q: usize, outcomes: i32, scratch: usize): void {
  if (outcomes >= 4) return overviewOfQuads(p, q, outcomes);
  for (let k = 0; k < 4; k++) {
    store<f32>(scratch + (<usize>k << 2), load<f32>(p + (<usize>min(k, outcomes - 1) << 2)));
    store<f32>(scratch + (<usize>k << 2), load<f32>(q + (<usize>min(k, outcomes - 1) << 2)), 16);
  }
  overviewOfQuads(scratch, scratch + 16, 4);
}

/** The last quad overlaps the one before. */
function overviewOfQuads(p: usize, q: usize, outcomes: i32): void {
  const nothing = quad(-Infinity);
  let lowP = quad(0);
  let lowQ = quad(0);
  let highP = nothing;
  let highQ = nothing;
  let zeros = i32x4.splat(0);
  const last = (<usize>outcomes - 4) << 2;
  let at: usize = 0;
  let next: usize = 0;
  do {
    at = min(next, last);
    const x = v128.load(p + at);
    const y = v128.load(q + at);
    const noP = f32x4.eq(x, nothing);
    const noQ = f32x4.eq(y, nothing);
    zeros = v128.or(zeros, v128.or(noP, noQ));
    lowP = f32x4.pmin(lowP, v128.andnot(x, noP));
    lowQ = f32x4.pmin(lowQ, v128.andnot(y, noQ));
    highP = f32x4.pmax(highP, x);
    highQ = f32x4.pmax(highQ, y);
    next += 16;
  } while (at < last);
  lowestP = -greatest(f32x4.neg(lowP));
  lowestQ = -greatest(f32x4.neg(lowQ));
  highestP = greatest(highP);
  highestQ = greatest(highQ);
  hasZeros = v128.any_true(zeros);
}

@inline
function greatest(x: v128): f32 {
  return max(max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}

/**
 * About log Σ exp(q) − log Σ exp(p), after the overview: from some quads of the row, and from the largest entries, which
 * these may miss. The sweep finds what the guess lacks.
 */
export function guessedLogRatio(p: usize, q: usize, outcomes: i32): f64 {
  const quads = outcomes >> 2;
  const stride = <usize>max(1, min(MOST_APART, quads / LEAST_SAMPLE)) << 4;
  const weight = <f64>(stride >> 4);
  const topP = quad(highestP);
  const topQ = quad(highestQ);
  let massP = f64x2.splat(0);
  let massQ = f64x2.splat(0);
  const end = p + (<usize>quads << 4);
  for (; p < end; p += stride, q += stride) {
    massP = accumulated(massP, exponentialFrom(topP, v128.load(p)));
    massQ = accumulated(massQ, exponentialFrom(topQ, v128.load(q)));
  }
  const mass = 1 + weight * total(massP);
  return <f64>highestQ - <f64>highestP + logarithmOfOnePlus((weight * (total(massQ) - total(massP))) / mass);
}
