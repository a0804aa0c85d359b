import { DomainError, shown } from '../engine/errors.ts';
import { skewedChernoffDivergenceOf } from '../math/hellinger-integral.ts';
import { defineIntegralDivergence, type IntegralMember } from './hellinger-integral.ts';
import type { PairFunction } from './row-divergence.ts';

export interface SkewParameters {
  /** The exponent σ of p, from 0 to 1. ½ is the Bhattacharyya divergence. */
  readonly sigma: number;
}

/**
 * Skewed Chernoff divergence of each row of p from the same row of q, in nats: the exponent at which the errors of a test
 * of p against q fall, when σ weighs one kind against the other. Its greatest value over σ is the Chernoff information.
 *
 * F_σ(p‖q) = −log Σ p^σ q^(1−σ) = (1−σ) R_σ(p‖q) = F_{1−σ}(q‖p) ≥ 0, concave in σ. Outcomes with p = 0 or q = 0 add
 * nothing to the sum, at σ = 0 and 1 as between them; ∞ for disjoint supports.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. σ in (0, 2⁻²⁶) runs on the CPU. Source: Chernoff, Ann. Math. Stat. 23 (1952).
 *
 * @example
 * const f = await skewedChernoffDivergence(p, q, { sigma: 0.3 }).read();
 */
export const skewedChernoffDivergence: PairFunction<SkewParameters> = defineIntegralDivergence<SkewParameters>({
  name: 'skewedChernoffDivergence',
  formula: 'F_σ(p‖q) = −log Σ p^σ q^(1−σ) = (1−σ) R_σ(p‖q)',
  source: 'Chernoff 1952; Nielsen 2013',
  parameters: ['sigma'],
  examples: [0.3, 0.5, 0, 1, 0.99].map((sigma) => ({ sigma })),
  check({ sigma }) {
    if (typeof sigma === 'number' && sigma >= 0 && sigma <= 1) return;
    throw new DomainError({ operation: 'skewedChernoffDivergence', argument: 'sigma', expected: 'a number from 0 to 1', got: shown(sigma), remedy: 'Beyond that range use renyiDivergence(), whose order is any real number.' });
  },
  member,
  exchanges: ({ sigma }) => sigma === 1,
  reference: (rows, { sigma }) => skewedChernoffDivergenceOf(rows, sigma),
});

/** At σ = 1 the rows have changed places, so that the order is 0: p^0 is left out where p is 0. */
function member({ sigma }: SkewParameters): IntegralMember {
  const order = sigma === 1 ? 0 : sigma;
  return { order, kind: 'logarithm', weight: order * (1 - order), factor: 1 };
}
