import source from '../../shaders/divergences/jensen-shannon-divergence.wgsl?raw';
import { DomainError, shown } from '../engine/errors.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { jensenShannonEvaluations } from './jensen-shannon-member.ts';
import { defineRowDivergence, type RowDivergence, type RowParameters } from './row-divergence.ts';

export interface JensenShannonParameters {
  /** The weight w of p in the mixture, 0 < w < 1; ½ where it is left out. */
  readonly weight?: number;
}

const mixtureWeight = ({ weight = 0.5 }: JensenShannonParameters): number => weight;

const { operation, divergence } = defineRowDivergence<JensenShannonParameters>({
  name: 'jensenShannonDivergence',
  information: () => true,
  formula: 'w KL(p‖m) + (1−w) KL(q‖m), m = w p + (1−w) q',
  source: 'Lin 1991',
  parameters: ['weight'],
  examples: [0.5, 0.25, 0.9, 0.001].map((weight) => ({ weight })),
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'terms of one sign, each right to 4 ulp, in compensated sums' },
  check({ weight = 0.5 }) {
    if (typeof weight === 'number' && weight > 0 && weight < 1) return;
    throw new DomainError({ operation: 'jensenShannonDivergence', argument: 'weight', expected: 'a number between 0 and 1', got: shown(weight), remedy: 'Pass { weight: … }, or leave it out for ½; at 0 and 1 the divergence is 0 for all rows.' });
  },
  ...jensenShannonEvaluations<JensenShannonParameters>({
    weight: mixtureWeight,
    member: { name: 'divergences/jensen-shannon-divergence.wgsl', source },
    fromDivergence: (value) => value,
    cpu: 'multiple',
  }),
});

/**
 * Jensen–Shannon divergence of each row of p and the same row of q, in nats: the mean divergence from their mixture.
 *
 * JS_w(p, q) = w KL(p‖m) + (1−w) KL(q‖m), m = w p + (1−w) q; between 0 and −w log w − (1−w) log(1−w), which disjoint
 * supports reach: log 2 for w = ½, where it is symmetric. Always finite; outcomes with p = q = 0 add nothing.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 4 ulp of f32. Source: Lin, IEEE Trans. Inf. Theory 37 (1991).
 *
 * @example
 * const js = await jensenShannonDivergence(p, q).read();
 * const skewed = await jensenShannonDivergence(p, q, { weight: 0.9 }).read();
 */
export const jensenShannonDivergence: { (p: Tensor, q: Tensor, parameters?: JensenShannonParameters & RowParameters): Tensor; readonly operation: Operation<JensenShannonParameters>; readonly divergence: RowDivergence<JensenShannonParameters>; readonly mixtureWeight: (parameters: JensenShannonParameters) => number } = Object.assign(
  (p: Tensor, q: Tensor, parameters: JensenShannonParameters = {}): Tensor => apply(operation, [p, q], parameters),
  { operation, divergence, mixtureWeight },
);
