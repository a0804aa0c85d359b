import { skewedChernoffDivergenceOf } from '../math/hellinger-integral.ts';
import { defineIntegralDivergence } from './hellinger-integral.ts';
import { withoutParameters, type PlainPairFunction } from './row-divergence.ts';

/**
 * Bhattacharyya's divergence of each row of p from the same row of q, in nats: symmetric, ∞ for disjoint supports.
 *
 * B(p, q) = −log Σ √(pq) = −log(1 − D_0(p‖q)/4) = ½ R_½(p‖q). Often called a distance, but no metric.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Bhattacharyya, Bull. Calcutta Math. Soc. 35 (1943).
 *
 * @example
 * const b = await bhattacharyyaDivergence(p, q).read();
 */
export const bhattacharyyaDivergence: PlainPairFunction = withoutParameters(defineIntegralDivergence<object>({
  name: 'bhattacharyyaDivergence',
  formula: 'B(p, q) = −log Σ √(pq) = −log(1 − D_0/4)',
  source: 'Bhattacharyya 1943',
  member: () => ({ order: 0.5, kind: 'logarithm', weight: 0.25, factor: 1 }),
  reference: (rows) => skewedChernoffDivergenceOf(rows, 0.5),
}));
