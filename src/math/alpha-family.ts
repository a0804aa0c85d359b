import { alphaTermOf, type Weights } from './alpha-term.ts';
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
export function alphaDivergenceOfWeights(p: ArrayLike<number>, q: ArrayLike<number>, alpha: number, exponents?: Weights): number {
  const term = alphaTermOf(alpha, exponents);
  const pair = new NormalisedPair(p, q);
  const divergence = new CompensatedSum();
  for (let k = 0; k < p.length; k++) {
    const value = term.of(pair.p(k), pair.q(k), pair.difference(k), pair, k);
    if (value === Infinity) return Infinity;
    divergence.add(value);
  }
  return divergence.value;
}
