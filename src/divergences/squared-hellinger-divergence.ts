import source from '../../shaders/divergences/squared-hellinger-divergence.wgsl?raw';
import { defineAlphaMember } from './alpha-member.ts';
import { withoutParameters, type PlainDivergence } from './row-divergence.ts';

/**
 * Squared Hellinger distance of each row of p to the same row of q: values in [0, 1], 1 for disjoint supports.
 *
 * H²(p, q) = ½ Σ (√p − √q)² = 1 − Σ √(pq) = D_0(p‖q)/4. Its square root is a metric, `hellingerDistance`.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Hellinger, J. reine angew. Math. 136 (1909).
 *
 * @example
 * const h2 = await squaredHellingerDivergence(p, q).read();
 */
export const squaredHellingerDivergence: PlainDivergence = withoutParameters(defineAlphaMember<object>({
  name: 'squaredHellingerDivergence',
  formula: 'H²(p, q) = ½ Σ (√p − √q)² = D_0/4',
  source: 'Hellinger 1909',
  alpha: () => 0,
  member: { name: 'divergences/squared-hellinger-divergence.wgsl', source },
  fromAlpha: (divergence) => divergence / 4,
  cpu: { kind: 'multiple', factor: 1 / 4 },
}));
