import { apply, batchSize, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { chernoffOfWeights } from '../math/chernoff.ts';
import { defineRows, type RowOperation, valueOf } from '../program/index.ts';
import { chernoffSearch, exponentOfSmaller, searched, unlifted } from './chernoff-search.ts';
import { reducible, type ReductionParameters } from './reduction.ts';
import { checkForms, pairArguments, type PlainPairFunction } from './row-divergence.ts';

const tolerance = {
  ulps: () => 5, relativeTo: 'entry' as const,
  reason: 'at the maximum an error of the order counts only by its square; terms of one sign in compensated sums; of proportional rows 0 to 2⁻⁹²',
  compare: () => (_row: number, got: ArrayLike<number>, expected: ArrayLike<number>): number => (got[0] === expected[0] ? 0 : Math.abs(got[0]! - expected[0]!) / Math.max(expected[0]!, 2 ** -72)),
};

/** Beyond it e^−y is nothing beside 1. */
const farthest = 60;

/**
 * −log Z, Z = Σ w, w = p^(1−a) q^a. Of the larger of p and q, L, the smaller, L e^−s, and its exponent c in w
 *
 *     1 − Z = Σ (1 − c) L + c L e^−s − L e^−cs = Σ L ((1 − c) y² e^−y e₂(y) + c z² e^−y e₂(−z)),    y = cs, z = (1 − c)s
 *
 * with e₂(y) = (e^y − 1 − y)/y²: the parts are never negative, so nothing cancels.
 */
const value: RowOperation<object> = defineRows<object>({
  name: 'chernoffValue', formula: '−log Σ p^σ q^(1−σ)', source: 'Nielsen 2013', tolerance,
  arguments: searched,
  program({ x, larger, aloneP, aloneQ, a }) {
    const c = exponentOfSmaller(x!, a!).as('c');
    const rest = valueOf(1).minus(c);
    const y = c.times(x!.absolute()).as('y');
    const z = rest.times(x!.absolute()).as('z');
    const decay = y.negated().exp().as('decay');
    const most = y.atMost(farthest);
    const ofLarger = rest.times(most.squared()).times(most.negated().exp().times(most.exprel2()));
    const ofSmaller = c.times(z.squared()).times(decay.times(z.negated().exprel2()));
    const alone = valueOf(1).minus(a!).times(aloneP!).plus(a!.times(aloneQ!));
    const loss = unlifted(larger!.times(ofLarger.plus(ofSmaller)).sum().plus(alone)).as('loss');
    const overlap = unlifted(larger!.times(decay).sum()).as('Z');
    const logarithm = loss.isAtMost(0.5).select(loss.negated().log1p(), overlap.log());
    return valueOf(0).minus(logarithm).infiniteWhere(overlap.isAtMost(0));
  },
});

const operation: Operation<object> = reducible<object>({
  name: 'chernoffInformation',
  information: () => true,
  formula: 'C(p, q) = max −log Σ p^σ q^(1−σ), 0 ≤ σ ≤ 1',
  source: 'Chernoff 1952',
  dearness: () => ({ webgpu: 12, fast: 12 }), // a search goes through the rows that often
  arguments: pairArguments,
  parameters: [],
  check(_, [p, q]) {
    checkOutcomes('chernoffInformation', 'q', q!, p!.width);
    checkForms('chernoffInformation', p!, q!, false);
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs)], form: 'values' }),
  tolerance,
  compose: ([p, q]) => apply(value, chernoffSearch(p!, q!), {}),
  reference: ([p, q]) => (row, out) => { out[0] = chernoffOfWeights(p!.row(row), q!.row(row)).information; },
});

/**
 * Chernoff information of each row of p and the same row of q, in nats: the rate at which the error of the best test
 * between them falls with the number of samples. Symmetric; ≥ 0, infinite only for disjoint supports.
 *
 * C(p, q) = max over 0 ≤ σ ≤ 1 of −log Σ p^σ q^(1−σ), the sum over the outcomes that both have; = KL(p_σ‖p) = KL(p_σ‖q)
 * at the maximising order, p_σ ∝ p^σ q^(1−σ), which `chernoffOrder` gives. D_B ≤ C ≤ min(2 D_B, KL(p‖q), KL(q‖p)).
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 5 ulp of f32. Source: Chernoff, Ann. Math. Stat. 23 (1952); Nielsen, IEEE
 * Signal Process. Lett. 20 (2013).
 *
 * @example
 * const rate = await chernoffInformation(p, q).read();
 */
export const chernoffInformation: PlainPairFunction = Object.assign((p: Tensor, q: Tensor, parameters: ReductionParameters = {}): Tensor => apply(operation, [p, q], parameters), { operation });
