import { alphaTermOf } from './alpha-term.ts';
import { NormalisedPair } from './normalised-pair.ts';
import { CompensatedSum } from './sum.ts';

export { alphaTerm, deformedLogRatio, logRatio, weights, type Weights } from './alpha-term.ts';
export { alphaDivergenceOfLogits, logSumExp, softmax } from './logits.ts';

/** The extended D_α of positive measures: Σ φ_α(p_k, q_k), nothing normalised. */
export function alphaDivergenceOfMeasures(p: ArrayLike<number>, q: ArrayLike<number>, alpha: number): number {
  const term = alphaTermOf(alpha);
  const sum = new CompensatedSum();
  for (let k = 0; k < p.length; k++) {
    const value = term.of(p[k]!, q[k]!);
    if (value === Infinity) return Infinity;
    sum.add(value);
  }
  return sum.value;
}

/** D_α of the distributions p/Σp and q/Σq. */
export function alphaDivergenceOfWeights(p: ArrayLike<number>, q: ArrayLike<number>, alpha: number): number {
  const term = alphaTermOf(alpha);
  const pair = new NormalisedPair(p, q);
  const divergence = new CompensatedSum();
  const excess = new CompensatedSum();
  for (let k = 0; k < p.length; k++) {
    const difference = pair.difference(k);
    const value = term.of(pair.p(k), pair.q(k), difference);
    if (value === Infinity) return Infinity;
    divergence.add(value);
    excess.add(difference);
  }
  // The sums that normalise are rounded, which leaves the masses 1 and 1 + Δ. By the exact decomposition
  // D_ext = φ_α(P, Q) + P^b Q^a D this costs φ_α(1, 1 + Δ) ≈ Δ²/2.
  return Math.max(0, divergence.value - excess.value ** 2 / 2);
}
