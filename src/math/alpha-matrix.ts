import { alphaDivergenceOfWeights, deformedLogRatio, logRatio, weights } from './alpha-family.ts';
import { NormalisedPair } from './normalised-pair.ts';
import { CompensatedSum, sumOf } from './sum.ts';

/** A batch of rows of equal length, each of positive mass. */
export interface Rows {
  readonly count: number;
  row(i: number): ArrayLike<number>;
}

/** Fills out[j] with D_α(p_i ‖ q_j) for every j; done when its steps are, for a row may take long. */
export type MatrixRow = (i: number, out: Float64Array) => Iterable<void>;

const TOLERANCE = 1e-12; // relative
const UNIT = 2 ** -53;
const BLOCK = 64;
const STEP = 2 ** 13; // outcomes

/**
 * D_α(p_i ‖ q_j) of all pairs of normalised rows as a matrix product, polarised about the mean row c:
 *
 *     D(p ‖ q) = D(p ‖ c) + D(c ‖ q) − Σ_k X_k Y_k,   X = √c T_b(log p/c),   Y = √c T_a(log q/c)
 *
 * exact for every α and smooth at ±1. Its rounding error is at most
 *
 *     u ((K/64 + 96) |X| |Y| + 32 (D(p ‖ c) + D(c ‖ q))),   u = 2⁻⁵³,
 *
 * with |X|² = Σ X_k² (1 + max(0, b log p/c))²: the sums in blocks of 64 err by (K/64 + 64) u Σ|X_k Y_k|, a feature
 * by fewer than 16 (1 + max(0, b log p/c)) u of itself, a direct divergence by fewer than 32 u of itself. Where that exceeds
 * 1e-12 D, or nothing finite came out (zeros, overflow), the pair is computed again directly.
 * The features of all q are kept: 8 bytes an entry. They cost about two direct rows, so a few rows are better direct.
 */
export function alphaDivergenceMatrixOfWeights(p: Rows, q: Rows, alpha: number): MatrixRow {
  const { a, b } = weights(alpha);
  const features = new Features(p, q, a, alpha);
  return function* (i, out) {
    yield* features.fill();
    const { centre, norms, fromCentre } = features;
    const row = p.row(i);
    const own = new Float64Array(centre.length);
    const products = new Float64Array(q.count);
    const norm = fillFeatures(centre, row, b, own);
    const toCentre = alphaDivergenceOfWeights(row, centre, alpha);
    const productError = UNIT * (centre.length / BLOCK + 96);
    yield* multiply(features.all, own, products);
    for (let j = 0; j < q.count; j++) {
      const detour = toCentre + fromCentre[j]!;
      const divergence = detour - products[j]!;
      const error = productError * norm * norms[j]! + 32 * UNIT * detour;
      const settled = error < TOLERANCE * divergence; // false for NaN and for ∞ − ∞ as well
      out[j] = settled ? divergence : alphaDivergenceOfWeights(row, q.row(j), alpha);
      if (isStep(j, centre.length)) yield;
    }
  };
}

function isStep(turn: number, outcomes: number): boolean {
  return turn % Math.ceil(STEP / Math.max(1, outcomes)) === 0;
}

/** What all rows of the matrix need of q: made with the first of them. */
class Features {
  readonly norms: Float64Array;
  readonly fromCentre: Float64Array;
  all = new Float64Array();
  centre = new Float64Array();
  readonly #p: Rows;
  readonly #q: Rows;
  readonly #exponent: number;
  readonly #alpha: number;
  #isFilled = false;

  constructor(p: Rows, q: Rows, exponent: number, alpha: number) {
    this.#p = p;
    this.#q = q;
    this.#exponent = exponent;
    this.#alpha = alpha;
    this.norms = new Float64Array(q.count);
    this.fromCentre = new Float64Array(q.count);
  }

  *fill(): Generator<void> {
    if (this.#isFilled) return;
    const centre = yield* meanRow(this.#p, this.#q);
    const outcomes = centre.length;
    const all = new Float64Array(this.#q.count * outcomes);
    for (let j = 0; j < this.#q.count; j++) {
      this.norms[j] = fillFeatures(centre, this.#q.row(j), this.#exponent, all.subarray(j * outcomes, (j + 1) * outcomes));
      this.fromCentre[j] = alphaDivergenceOfWeights(centre, this.#q.row(j), this.#alpha);
      if (isStep(j, outcomes)) yield;
    }
    [this.centre, this.all, this.#isFilled] = [centre, all, true];
  }
}

/** The mean of all normalised rows: positive wherever any row is. */
function* meanRow(p: Rows, q: Rows): Generator<void, Float64Array<ArrayBuffer>> {
  const mean = new Float64Array(p.count > 0 ? p.row(0).length : 0);
  for (const rows of [p, q]) {
    for (let i = 0; i < rows.count; i++) {
      const row = rows.row(i);
      const share = 1 / (sumOf(row) * (p.count + q.count));
      for (let k = 0; k < mean.length; k++) mean[k] = mean[k]! + row[k]! * share;
      if (isStep(i, mean.length)) yield;
    }
  }
  return mean;
}

/** features = √c T_e(log row/c) for the normalised row; returns the norm that bounds their errors. */
function fillFeatures(centre: Float64Array, row: ArrayLike<number>, exponent: number, features: Float64Array): number {
  const pair = new NormalisedPair(centre, row);
  const square = new CompensatedSum();
  for (let k = 0; k < centre.length; k++) {
    features[k] = 0;
    if (centre[k] === 0) continue;
    const c = pair.p(k);
    const relative = pair.difference(k) / c;
    const x = Math.abs(relative) < 0.5 ? Math.log1p(relative) : logRatio(c, pair.q(k));
    const feature = Math.sqrt(c) * deformedLogRatio(exponent, x);
    features[k] = feature;
    square.add((feature * (1 + Math.max(0, exponent * x))) ** 2);
  }
  return Math.sqrt(square.value);
}

/** products[j] = Σ_k features[j, k] own[k], four rows at a time. */
function* multiply(features: Float64Array, own: Float64Array, products: Float64Array): Generator<void> {
  const K = own.length;
  const rowAt = (j: number): Float64Array => features.subarray(j * K, (j + 1) * K);
  const last = products.length - 1;
  for (let j = 0; j <= last; j += 4) {
    const group = [j, j + 1, j + 2, j + 3].map((row) => Math.min(row, last)); // the last row again beyond the end
    const sums = dotsOfFour(own, rowAt(group[0]!), rowAt(group[1]!), rowAt(group[2]!), rowAt(group[3]!));
    group.forEach((row, slot) => (products[row] = sums[slot]!));
    if (isStep(j / 4, K)) yield;
  }
}

/** Four inner products with x at once, summed in blocks: that bounds the rounding error, and x is read once. */
function dotsOfFour(
  x: Float64Array,
  y0: Float64Array,
  y1: Float64Array,
  y2: Float64Array,
  y3: Float64Array,
): [number, number, number, number] {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let start = 0; start < x.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, x.length);
    let [part0, part1, part2, part3] = [0, 0, 0, 0];
    for (let k = start; k < end; k++) {
      const xk = x[k]!;
      part0 += xk * y0[k]!;
      part1 += xk * y1[k]!;
      part2 += xk * y2[k]!;
      part3 += xk * y3[k]!;
    }
    sum0 += part0;
    sum1 += part1;
    sum2 += part2;
    sum3 += part3;
  }
  return [sum0, sum1, sum2, sum3];
}
