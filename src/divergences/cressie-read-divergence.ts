import { checkFinite } from '../engine/operation.ts';
import { defineAlphaMember } from './alpha-member.ts';
import { identityMember } from './identity-member.ts';
import type { DivergenceOf } from './row-divergence.ts';

export interface CressieReadParameters {
  /** The power λ: 0 is KL(p‖q), −1 is KL(q‖p), 1 is Pearson's χ²/2, −2 Neyman's, −½ is 4H². Any real number. */
  readonly lambda: number;
}

/**
 * Cressie and Read's power divergence of each row of p from the same row of q: the test statistic of n counts is 2n times it.
 *
 * CR_λ(p‖q) = (Σ p (p/q)^λ − 1)/(λ(λ+1)) = D_−1−2λ(p‖q), and its limits at 0 and −1.
 * Zeros: mass of q where p = 0 costs q/(1+λ), mass of p where q = 0 costs −p/λ; infinite where that is not positive.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; λ outside [−8, 7] runs on the CPU. Source: Cressie & Read, J. R. Statist. Soc. B 46 (1984).
 *
 * @example
 * const d = await cressieReadDivergence(p, q, { lambda: 2 / 3 }).read();
 */
export const cressieReadDivergence: DivergenceOf<CressieReadParameters> = defineAlphaMember<CressieReadParameters>({
  name: 'cressieReadDivergence',
  formula: 'CR_λ(p‖q) = (Σ p (p/q)^λ − 1)/(λ(λ+1)) = D_−1−2λ(p‖q)',
  source: 'Cressie & Read 1984',
  parameters: ['lambda'],
  examples: [2 / 3, 1, 0, -0.5, -1, -2].map((lambda) => ({ lambda })),
  alpha: ({ lambda }) => -1 - 2 * lambda,
  check: ({ lambda }) => checkFinite('cressieReadDivergence', 'lambda', lambda),
  member: identityMember,
  fromAlpha: (divergence) => divergence,
});
