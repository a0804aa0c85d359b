import { checkFinite } from '../engine/operation.ts';
import { tsallisDivergenceOf } from '../math/hellinger-integral.ts';
import { defineIntegralDivergence } from './hellinger-integral.ts';
import type { OrderParameters } from './renyi-divergence.ts';
import type { PairFunction } from './row-divergence.ts';

/**
 * Tsallis' relative entropy of order β of each row of p from the same row of q, in nats at order 1.
 *
 * T_β(p‖q) = (Σ p^β q^(1−β) − 1)/(β − 1) = β D_α(p‖q) with α = 1 − 2β; KL(p‖q) at 1, the mass of q where p is 0 at 0.
 * T_β ≥ 0 for β ≥ 0 and ≤ 0 below; at most 1/(1−β) for 0 ≤ β < 1.
 * Zeros: ∞ for β ≥ 1 where q is 0 and p is not; −∞ for β < 0 where p is 0 and q is not.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Orders outside [−7, 8] and in (0, 2⁻²⁶) run on the CPU.
 * Source: Tsallis, Phys. Rev. E 58 (1998).
 *
 * @example
 * const t = await tsallisDivergence(p, q, { order: 1.5 }).read();
 */
export const tsallisDivergence: PairFunction<OrderParameters> = defineIntegralDivergence<OrderParameters>({
  name: 'tsallisDivergence',
  formula: 'T_β(p‖q) = (Σ p^β q^(1−β) − 1)/(β − 1) = β D_{1−2β}(p‖q)',
  source: 'Tsallis 1998',
  information: () => false,
  parameters: ['order'],
  examples: [0.5, 2, 1, 0, 1.5, -1].map((order) => ({ order })),
  check: ({ order }) => checkFinite('tsallisDivergence', 'order', order),
  member: ({ order }) => ({ order, kind: order === 0 ? 'lost mass' : 'multiple', weight: order }),
  reference: (rows, { order }) => tsallisDivergenceOf(rows, order),
});
