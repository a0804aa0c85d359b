import { DomainError, shown } from '../engine/errors.ts';
import { renyiDivergenceOf } from '../math/hellinger-integral.ts';
import { defineIntegralDivergence, type IntegralMember } from './hellinger-integral.ts';
import { maxDivergence } from './max-divergence.ts';
import { checkForms, type PairFunction } from './row-divergence.ts';

export interface OrderParameters {
  /** The order β: 1 is KL(p‖q), ½ is twice the Bhattacharyya divergence, 0 asks for the mass of q where p is positive. */
  readonly order: number;
}

/**
 * Rényi's divergence of order β of each row of p from the same row of q, in nats.
 *
 * R_β(p‖q) = log(Σ p^β q^(1−β))/(β − 1), with KL(p‖q) at 1, −log Σ_{p>0} q at 0, and max log(p/q), −max log(q/p) at ±∞.
 * R_β ≥ 0 for β ≥ 0; below, R_β(p‖q) = β/(1−β) R_{1−β}(q‖p) ≤ 0. Nondecreasing in β, and additive over independent products.
 * Zeros: ∞ for β ≥ 1 where q is 0 and p is not, and for disjoint supports; −∞ for β < 0 where p is 0 and q is not.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError, also for logits at ±∞. Orders outside [−7, 8] and in (0, 2⁻²⁶) run on the CPU.
 * Source: Rényi, Fourth Berkeley Symposium (1961); van Erven & Harremoës, IEEE Trans. IT 60 (2014).
 *
 * @example
 * const r = await renyiDivergence(p, q, { order: 2 }).read();
 */
export const renyiDivergence: PairFunction<OrderParameters> = defineIntegralDivergence<OrderParameters>({
  name: 'renyiDivergence',
  formula: 'R_β(p‖q) = log(Σ p^β q^(1−β))/(β − 1)',
  source: 'Rényi 1961; van Erven & Harremoës 2014',
  parameters: ['order'],
  examples: [0.5, 2, 1, 0, 0.999_999, -1, 0.01, 5, Infinity, -Infinity].map((order) => ({ order })),
  check({ order }, [p, q]) {
    if (Math.abs(order) === Infinity) checkForms('renyiDivergence', p!, q!, false);
    if (typeof order === 'number' && !Number.isNaN(order)) return;
    throw new DomainError({ operation: 'renyiDivergence', argument: 'order', expected: 'a number, Infinity or −Infinity', got: shown(order), remedy: 'Pass { order: … } as a real number.' });
  },
  member,
  reference: (rows, { order }) => renyiDivergenceOf(rows, order),
});

function member({ order }: OrderParameters): IntegralMember {
  if (Math.abs(order) === Infinity) return { order, kind: 'multiple', weight: Math.sign(order), base: (p, q) => (order > 0 ? maxDivergence(p, q) : maxDivergence(q, p)) };
  return order === 1 ? { order, kind: 'multiple', weight: 1 } : { order, kind: 'logarithm', weight: order, factor: 1 / (1 - order) };
}
