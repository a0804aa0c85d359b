import source from '../../shaders/divergences/fisher-rao-distance.wgsl?raw';
import { arcsinePiece } from '../math/arcsine.ts';
import { defineAlphaMember } from './alpha-member.ts';
import { withoutParameters, type PlainDivergence } from './row-divergence.ts';

/**
 * Fisher–Rao distance of each row of p to the same row of q: the length of the shortest path in the Fisher metric.
 * A metric with values in [0, π], π for disjoint supports.
 *
 * d(p, q) = 2 arccos Σ √(pq) = 4 arcsin √(D_0(p‖q)/8), the second form without cancellation near p = q.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Rao, Bull. Calcutta Math. Soc. 37 (1945).
 *
 * @example
 * const d = await fisherRaoDistance(p, q).read();
 */
export const fisherRaoDistance: PlainDivergence = withoutParameters(defineAlphaMember<object>({
  name: 'fisherRaoDistance',
  formula: 'd(p, q) = 2 arccos Σ √(pq) = 4 arcsin √(D_0/8)',
  source: 'Rao 1945',
  alpha: () => 0,
  member: { name: 'divergences/fisher-rao-distance.wgsl', source },
  helpers: [arcsinePiece],
  fromAlpha: (divergence) => 4 * Math.asin(Math.sqrt(Math.min(divergence / 8, 0.5))),
  cpu: { kind: 'arc', factor: 1 / 8 },
}));
