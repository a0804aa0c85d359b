import { apply, batchSize, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { chernoffOfWeights } from '../math/chernoff.ts';
import { defineRows, type RowOperation, valueOf } from '../program/index.ts';
import { chernoffSearch } from './chernoff-search.ts';
import { reducible, type ReductionParameters } from './reduction.ts';
import { checkForms, pairArguments, type PlainPairFunction } from './row-divergence.ts';

const tolerance = {
  ulps: () => 16, relativeTo: 'entry' as const,
  reason: 'absolute, since the order lies in [0, 1]: the slope of the exponent, right to a few ulp of its parts, over its curvature',
  compare: () => (_row: number, got: ArrayLike<number>, expected: ArrayLike<number>): number => Math.abs(got[0]! - expected[0]!),
};

const last: RowOperation<object> = defineRows<object>({
  name: 'chernoffLast', formula: '1 − a', source: 'Nielsen 2013', tolerance,
  arguments: [{ name: 'a', takes: 'values', per: 'row' }],
  program: ({ a }) => valueOf(1).minus(a!),
});

const operation: Operation<object> = reducible<object>({
  name: 'chernoffOrder',
  formula: 'argmax −log Σ p^σ q^(1−σ), 0 ≤ σ ≤ 1',
  source: 'Nielsen 2013',
  dearness: () => ({ webgpu: 12, fast: 12 }), // a search goes through the rows that often
  arguments: pairArguments,
  parameters: [],
  check(_, [p, q]) {
    checkOutcomes('chernoffOrder', 'q', q!, p!.width);
    checkForms('chernoffOrder', p!, q!, false);
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs)], form: 'values' }),
  tolerance,
  compose: ([p, q]) => apply(last, chernoffSearch(p!, q!).slice(-1), {}),
  reference: ([p, q]) => (row, out) => { out[0] = chernoffOfWeights(p!.row(row), q!.row(row)).order; },
});

/**
 * The order σ of the Chernoff information of each row of p and the same row of q: the exponent of p at which
 * −log Σ p^σ q^(1−σ) is largest. σ(p, q) = 1 − σ(q, p); ½ where every order does as well: equal rows, disjoint supports.
 *
 * Within 16 ulp of 1, that is 2e-6; any number may come of rows that are proportional but for rounding. For the order is where a
 * slope is 0, and an error of the slope is divided by the curvature. The information at it errs by the square of that.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Nielsen, IEEE Signal Process. Lett. 20 (2013).
 *
 * @example
 * const order = await chernoffOrder(p, q).read();
 */
export const chernoffOrder: PlainPairFunction = Object.assign((p: Tensor, q: Tensor, parameters: ReductionParameters = {}): Tensor => apply(operation, [p, q], parameters), { operation });
