import { defineAlphaMember } from './alpha-member.ts';
import { chiSquaredMember } from './pearson-chi-squared-divergence.ts';
import { withoutParameters, type PlainDivergence } from './row-divergence.ts';

/**
 * Neyman's χ²-divergence of each row of p from the same row of q: Pearson's with p and q exchanged.
 *
 * χ²(q‖p) = Σ (p − q)²/p = Σ q²/p − 1 = 2 D_3(p‖q) ≥ 0; infinite where p is 0 and q is not; an outcome with q = 0 adds p.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Neyman, First Berkeley Symposium (1949).
 *
 * @example
 * const chiSquared = await neymanChiSquaredDivergence(p, q).read();
 */
export const neymanChiSquaredDivergence: PlainDivergence = withoutParameters(defineAlphaMember<object>({
  name: 'neymanChiSquaredDivergence',
  formula: 'χ²(q‖p) = Σ (p − q)²/p = 2 D_3(p‖q)',
  source: 'Neyman 1949',
  alpha: () => 3,
  member: chiSquaredMember,
  fromAlpha: (divergence) => 2 * divergence,
  cpu: { kind: 'multiple', factor: 2 },
}));
