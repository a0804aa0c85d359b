import { defineAlphaMember, type PlainAlphaMember } from './alpha-member.ts';
import { identityMember } from './identity-member.ts';
import { withLogarithms } from './kl-of-logarithms.ts';
import { klTerm } from './kl-term.ts';
import { withoutParameters } from './row-divergence.ts';

/**
 * Kullback–Leibler divergence of each row of p from the same row of q, in nats.
 *
 * KL(p‖q) = Σ p log(p/q) = D_−1(p‖q) ≥ 0; infinite where q is 0 and p is not; outcomes with p = 0 add nothing.
 * Rows of any form, and p may have another form than q: targets as probabilities, predictions as log-probabilities or logits.
 * To leave an outcome out, give it probability zero in both rows: weight 0, logit −Infinity. Logits take { temperature }, all
 * of it exact; { reduction: 'mean', weights, mask } makes a loss of the batch, in which mask leaves out rows.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize], or [1] of a reduction.
 * Errors: ShapeError, DomainError; within 4 ulp of f32. On the CPU rows of unlike forms and temperatures run in f64, not in
 * WebAssembly. Source: Kullback & Leibler, Ann. Math. Stat. 22 (1951).
 *
 * @example
 * const kl = await klDivergence(p, q).read();
 * const teacher = engine.rows([[2, -1]], { outcomes: 2, form: 'logits' });
 * const loss = await klDivergence(p, teacher, { temperature: 2, reduction: 'mean' }).read();
 */
export const klDivergence: PlainAlphaMember = withoutParameters(defineAlphaMember<object>({
  name: 'klDivergence',
  formula: 'KL(p‖q) = Σ p log(p/q) = D_−1(p‖q)',
  information: () => true,
  mixes: true,
  extended: (operation) => withLogarithms(operation, false),
  source: 'Kullback & Leibler 1951',
  alpha: () => -1,
  member: identityMember,
  closedForm: klTerm,
  fromAlpha: (divergence) => divergence,
  slope: 1,
}));
