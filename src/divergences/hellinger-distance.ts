import source from '../../shaders/divergences/hellinger-distance.wgsl?raw';
import slopeSource from '../../shaders/divergences/hellinger-slope.wgsl?raw';
import { defineAlphaMember, type PlainAlphaMember } from './alpha-member.ts';
import { withoutParameters } from './row-divergence.ts';

/**
 * Hellinger distance of each row of p to the same row of q: a metric with values in [0, 1], 1 for disjoint supports.
 *
 * H(p, q) = √(½ Σ (√p − √q)²) = √(D_0(p‖q)/4).
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Hellinger, J. reine angew. Math. 136 (1909).
 *
 * @example
 * const h = await hellingerDistance(p, q).read();
 */
export const hellingerDistance: PlainAlphaMember = withoutParameters(defineAlphaMember<object>({
  name: 'hellingerDistance',
  formula: 'H(p, q) = √(½ Σ (√p − √q)²) = √(D_0/4)',
  source: 'Hellinger 1909',
  alpha: () => 0,
  member: { name: 'divergences/hellinger-distance.wgsl', source },
  fromAlpha: (divergence) => Math.sqrt(divergence) / 2,
  cpu: { kind: 'root', factor: 1 / 4 },
  slope: { piece: { name: 'divergences/hellinger-slope.wgsl', source: slopeSource }, of: (distance) => (distance === 0 ? 0 : 1 / (8 * distance)) },
}));
