import { uniformFrom } from './uniform.ts';

/** The forms of the sweep's rows. */
export type RowForm = 'probabilities' | 'logits';

/** Rows p and q of equal length, each pair at a distance of its own. */
export interface Pairs {
  readonly form: RowForm;
  readonly outcomes: number;
  /** Of each pair: what the entries of q differ by from those of p at most, relative for probabilities. */
  readonly distances: readonly number[];
  readonly p: Float32Array<ArrayBuffer>;
  readonly q: Float32Array<ArrayBuffer>;
}

/** `each` pairs at every distance: in turn spread evenly over the simplex, and over a hundred powers of two. */
export function makePairs(form: RowForm, outcomes: number, distances: readonly number[], each: number): Pairs {
  const ofPairs = distances.flatMap((distance) => Array<number>(each).fill(distance));
  const p = new Float32Array(ofPairs.length * outcomes);
  const q = new Float32Array(ofPairs.length * outcomes);
  ofPairs.forEach((distance, row) => {
    const random = uniformFrom(1 + row + 7919 * outcomes);
    const [start, end] = [row * outcomes, (row + 1) * outcomes];
    const pair = { p: p.subarray(start, end), q: q.subarray(start, end) };
    if (form === 'logits') fillLogits(pair, distance, isWide(row), random);
    else fillProbabilities(pair, distance, isWide(row), random);
    setApart(pair, Math.floor(random() * outcomes));
  });
  return { form, outcomes, distances: ofPairs, p, q };
}

function isWide(row: number): boolean {
  return row % 2 === 1;
}

/** Whether the rows of a pair are spread evenly and as far apart as any. */
export function isEasy({ distances }: Pairs, row: number): boolean {
  return distances[row] === 1 && !isWide(row);
}

interface Pair {
  readonly p: Float32Array;
  readonly q: Float32Array;
}

function fillProbabilities({ p, q }: Pair, distance: number, wide: boolean, random: () => number): void {
  const weights = Float64Array.from(p, () => (wide ? 2 ** (-100 * random()) : -Math.log1p(-random())));
  p.set(normalised(weights));
  q.set(normalised(Float64Array.from(p, (x) => x * (1 + distance * (2 * random() - 1)))));
}

function normalised(weights: Float64Array): Float64Array {
  const mass = weights.reduce((sum, x) => sum + x, 0);
  return weights.map((x) => x / mass);
}

function fillLogits({ p, q }: Pair, distance: number, wide: boolean, random: () => number): void {
  for (let k = 0; k < p.length; k++) {
    p[k] = wide ? -69 * random() : 2 * random() - 1; // e⁻⁶⁹ is 2⁻¹⁰⁰
    q[k] = p[k]! + distance * (2 * random() - 1);
  }
}

/**
 * Rows that rounding made equal differ in one entry by one unit in its last place: a divergence of 0 has no relative
 * error.
 */
function setApart({ p, q }: Pair, k: number): void {
  if (q.some((x, index) => x !== p[index])) return;
  const bits = new Uint32Array(q.buffer, q.byteOffset + 4 * k, 1);
  bits[0]! += bits[0]! % 2 === 0 ? 1 : -1; // stays in its binade
}
