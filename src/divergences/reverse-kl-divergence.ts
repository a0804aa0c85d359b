import { defineAlphaMember, type PlainAlphaMember } from './alpha-member.ts';
import { identityMember } from './identity-member.ts';
import { withLogarithms } from './kl-of-logarithms.ts';
import { klTerm } from './kl-term.ts';
import { withoutParameters } from './row-divergence.ts';

/**
 * Reverse Kullback–Leibler divergence, of each row of q from the same row of p, in nats.
 *
 * KL(q‖p) = Σ q log(q/p) = D_+1(p‖q) ≥ 0; infinite where p is 0 and q is not; outcomes with q = 0 add nothing.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Kullback & Leibler, Ann. Math. Stat. 22 (1951).
 *
 * @example
 * const reverse = await reverseKlDivergence(p, q).read();
 */
export const reverseKlDivergence: PlainAlphaMember = withoutParameters(defineAlphaMember<object>({
  name: 'reverseKlDivergence',
  formula: 'KL(q‖p) = Σ q log(q/p) = D_+1(p‖q)',
  information: () => true,
  mixes: true,
  extended: (operation) => withLogarithms(operation, true),
  source: 'Kullback & Leibler 1951',
  alpha: () => 1,
  member: identityMember,
  closedForm: klTerm,
  fromAlpha: (divergence) => divergence,
  slope: 1,
}));
