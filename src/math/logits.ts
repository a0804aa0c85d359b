import { alphaTermOf, hugeTerm, termFromMean, type AlphaTerm, type Weights } from './alpha-term.ts';
import { LogitPair, maximumOf, sumOfExponentials } from './logit-pair.ts';
import { CompensatedSum } from './sum.ts';
import { largestPlainExponent, scaledPower, wideLogMean } from './wide.ts';

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

/**
 * D_α(softmax a ‖ softmax b) = (Σ φ − φ_α(S, S + E))/(S^b (S + E)^a) exactly, where the measures p̃ and p̃ e^x have the
 * masses S and S + E: E repairs every error that the terms x share, such as that of the normalisers.
 */
export function alphaDivergenceOfLogits(a: ArrayLike<number>, b: ArrayLike<number>, alpha: number, exponents?: Weights): number {
  const term = alphaTermOf(alpha, exponents);
  const pair = new LogitPair(a, b);
  const { mass } = pair;
  const divergence = new CompensatedSum();
  const excess = new CompensatedSum();
  for (let k = 0; k < a.length; k++) {
    if (pair.hasZero(k)) addZero(term, pair.logP(k), pair.logQ(k), divergence, excess);
    else addTerm(term, pair, k, divergence, excess);
  }
  const extended = divergence.value;
  if (extended === Infinity) return Infinity;
  const E = excess.value;
  return Math.max(0, (extended - term.of(mass, mass + E, E)) / (mass * Math.exp(term.a * Math.log1p(E / mass))));
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

/** Adds φ_α(p, q) and q − p of the k-th outcome for q = p e^x, of which either may underflow. */
function addTerm(term: AlphaTerm, pair: LogitPair, k: number, divergence: CompensatedSum, excess: CompensatedSum): void {
  const [logP, x] = [pair.logP(k), pair.logRatio(k)];
  const p = Math.exp(logP);
  const growth = Math.expm1(x);
  const s = growth / (2 + growth);
  if (Math.abs(s) <= term.seriesBound) {
    divergence.add(p * growth * s * term.series(s));
    excess.add(p * growth);
    return;
  }
  const q = Math.exp(pair.logQ(k));
  const difference = Math.abs(x) < 1 ? p * growth : q - p;
  divergence.add(farTerm(term, pair, k, p, q, difference, x));
  excess.add(difference);
}

/** φ_α by p^b q^a, formed from the nearer end. */
function farTerm({ a, b }: AlphaTerm, pair: LogitPair, k: number, p: number, q: number, difference: number, x: number): number {
  const isNearP = Math.abs(a) < Math.abs(b);
  const exponent = isNearP ? a : -b;
  const end = isNearP ? pair.logP(k) : pair.logQ(k);
  if (Math.abs(end) + Math.abs(exponent * x) < largestPlainExponent) return termFromMean(p, q, difference, Math.exp(end + exponent * x), x, a, b);
  const mean = wideLogMean(pair, k, a, b);
  return mean.high > 600 ? hugeTerm(1, mean, { a, b }) : termFromMean(p, q, difference, scaledPower(1, mean), x, a, b);
}
