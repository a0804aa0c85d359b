import { alphaTermOf, termFromMean, type AlphaTerm } from './alpha-term.ts';
import { CompensatedSum } from './sum.ts';

export function maximumOf(row: ArrayLike<number>): number {
  let maximum = -Infinity;
  for (let k = 0; k < row.length; k++) maximum = Math.max(maximum, row[k]!);
  return maximum;
}

/** Σ exp(row − shift), compensated. */
export function sumOfExponentials(row: ArrayLike<number>, shift: number): number {
  const sum = new CompensatedSum();
  for (let k = 0; k < row.length; k++) sum.add(Math.exp(row[k]! - shift));
  return sum.value;
}

/** log Σ exp(row); −∞ where every entry is. */
export function logSumExp(row: ArrayLike<number>): number {
  const maximum = maximumOf(row);
  return Number.isFinite(maximum) ? maximum + Math.log(sumOfExponentials(row, maximum)) : maximum;
}

/** out = exp(row)/Σ exp(row); at least one entry is finite. */
export function softmax(row: ArrayLike<number>, out: Float64Array | Float32Array): void {
  const maximum = maximumOf(row);
  const total = sumOfExponentials(row, maximum);
  for (let k = 0; k < row.length; k++) out[k] = Math.exp(row[k]! - maximum) / total;
}

/** The rounding error of the computed x − y (Knuth's TwoDiff). */
export function differenceError(x: number, y: number): number {
  const difference = x - y;
  const back = difference - x;
  return x - (difference - back) - (y + back);
}

/**
 * D_α(softmax a ‖ softmax b). With p̃ = exp(a − max a) and x = log(q/p) from exact differences of logits, the measures
 * p̃ and p̃ e^x have masses S and S + E, and D = (Σ φ − φ_α(S, S + E))/(S^b (S + E)^a) holds exactly: E repairs every
 * error that the terms x share, such as that of the normalisers. Entries of −∞ are probabilities of zero.
 */
export function alphaDivergenceOfLogits(a: ArrayLike<number>, b: ArrayLike<number>, alpha: number): number {
  const term = alphaTermOf(alpha);
  const maximumA = maximumOf(a);
  const maximumB = maximumOf(b);
  const mass = sumOfExponentials(a, maximumA);
  const shift = maximumB - maximumA;
  const shiftError = differenceError(maximumB, maximumA);
  const massLog = Math.log(sumOfExponentials(b, maximumB) / mass);
  const divergence = new CompensatedSum();
  const excess = new CompensatedSum();
  for (let k = 0; k < a.length; k++) {
    const logP = a[k]! - maximumA;
    if (a[k] === -Infinity || b[k] === -Infinity) {
      addZero(term, logP, b[k]! - maximumB - massLog, divergence, excess);
      continue;
    }
    const delta = b[k]! - a[k]!;
    const unshifted = delta - shift;
    const errors = differenceError(b[k]!, a[k]!) + differenceError(delta, shift) - shiftError;
    const x = unshifted - massLog + (differenceError(unshifted, massLog) + errors);
    addTerm(term, logP, x, divergence, excess);
  }
  const extended = divergence.value;
  if (extended === Infinity) return Infinity;
  const E = excess.value;
  return Math.max(0, (extended - term.of(mass, mass + E, E)) / (mass * ((mass + E) / mass) ** term.a));
}

/** One of the logits is −∞: the rules ask which, not whether the other's probability underflows. */
function addZero(
  term: AlphaTerm,
  logP: number,
  logQ: number,
  divergence: CompensatedSum,
  excess: CompensatedSum,
): void {
  const p = Math.exp(logP);
  const q = Math.exp(logQ);
  if (logQ > -Infinity) divergence.add(term.b > 0 ? q / term.b : Infinity);
  if (logP > -Infinity) divergence.add(term.a > 0 ? p / term.a : Infinity);
  excess.add(q - p);
}

/** Adds φ_α(p, q) and q − p for p = exp(logP), q = p e^x, of which either may underflow. */
function addTerm(term: AlphaTerm, logP: number, x: number, divergence: CompensatedSum, excess: CompensatedSum): void {
  const p = Math.exp(logP);
  const growth = Math.expm1(x);
  const s = growth / (2 + growth);
  if (Math.abs(s) <= term.seriesBound) {
    divergence.add(p * growth * s * term.series(s));
    excess.add(p * growth);
    return;
  }
  const q = Math.exp(logP + x);
  const r = Math.exp(logP + term.a * x);
  divergence.add(termFromMean(p, q, q - p, r, x, term.a, term.b));
  excess.add(q - p);
}
