import source from '../../shaders/divergences/chi-squared-divergence.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { defineAlphaMember } from './alpha-member.ts';
import { withoutParameters, type PlainDivergence } from './row-divergence.ts';

export const chiSquaredMember: Piece = { name: 'divergences/chi-squared-divergence.wgsl', source };

/**
 * Pearson's χ²-divergence of each row of p from the same row of q.
 *
 * χ²(p‖q) = Σ (p − q)²/q = Σ p²/q − 1 = 2 D_−3(p‖q) ≥ 0; infinite where q is 0 and p is not; an outcome with p = 0 adds q.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Pearson, Philosophical Magazine 50 (1900).
 *
 * @example
 * const chiSquared = await pearsonChiSquaredDivergence(p, q).read();
 */
export const pearsonChiSquaredDivergence: PlainDivergence = withoutParameters(defineAlphaMember<object>({
  name: 'pearsonChiSquaredDivergence',
  formula: 'χ²(p‖q) = Σ (p − q)²/q = 2 D_−3(p‖q)',
  source: 'Pearson 1900',
  alpha: () => -3,
  member: chiSquaredMember,
  fromAlpha: (divergence) => 2 * divergence,
  cpu: { kind: 'multiple', factor: 2 },
}));
