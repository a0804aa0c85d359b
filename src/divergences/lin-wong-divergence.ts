import { fDivergence } from './define-f-divergence.ts';
import type { PlainDivergence } from './row-divergence.ts';

/**
 * Lin and Wong's K-divergence of each row of p from the same row of q, in nats: KL from their mean.
 *
 * K(p‖q) = KL(p‖m) = Σ p log(2p/(p + q)), m = ½(p + q); between 0, only where the rows are equal, and log 2, which disjoint
 * supports reach. Always finite; outcomes with p = 0 add nothing. Half the sum of K(p‖q) and K(q‖p) is the Jensen–Shannon
 * divergence.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 5 ulp of f32. Source: Lin & Wong, Int. J. Gen. Syst. 17 (1990); Lin, IEEE Trans.
 * Inf. Theory 37 (1991).
 *
 * @example
 * const k = await linWongDivergence(p, q).read();
 */
export const linWongDivergence: PlainDivergence = fDivergence({
  name: 'linWongDivergence',
  information: () => true,
  formula: 'K(p‖q) = Σ p log(2p/(p + q))',
  source: 'Lin & Wong 1990',
  tolerance: { ulps: () => 5, relativeTo: 'entry', reason: 'terms of one sign, each of four functions of 2 ulp, in compensated sums' },
}, {
  /** x (e^y − 1 − y), y = log(m/p) = log((1 + x)/2x); where e^y is large, it stands as what it is. */
  term({ ratio, excess }) {
    const y = excess.over(ratio).times(-0.5).log1p().as('y');
    const near = ratio.times(y.squared()).times(y.exprel2());
    return y.isGreater(1.5).select(excess.times(-0.5).minus(ratio.times(y)), near);
  },
  atZero: 0.5,
  atInfinity: Math.LN2 - 0.5,
});
