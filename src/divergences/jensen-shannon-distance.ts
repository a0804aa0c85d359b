import source from '../../shaders/divergences/jensen-shannon-distance.wgsl?raw';
import { jensenShannonEvaluations } from './jensen-shannon-member.ts';
import { defineRowDivergence, withoutParameters, type PlainDivergence } from './row-divergence.ts';

/**
 * Jensen–Shannon distance of each row of p to the same row of q: a metric with values in [0, √log 2].
 *
 * √(½ KL(p‖m) + ½ KL(q‖m)), m = (p + q)/2, the root of the Jensen–Shannon divergence; √log 2 for disjoint supports.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 4 ulp of f32. Source: Endres & Schindelin, IEEE Trans. Inf. Theory 49 (2003).
 *
 * @example
 * const distance = await jensenShannonDistance(p, q).read();
 */
export const jensenShannonDistance: PlainDivergence = withoutParameters(defineRowDivergence<object>({
  name: 'jensenShannonDistance',
  formula: '√(½ KL(p‖m) + ½ KL(q‖m)), m = (p + q)/2',
  source: 'Endres & Schindelin 2003',
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'the root halves the error of the divergence' },
  ...jensenShannonEvaluations<object>({
    weight: () => 0.5,
    member: { name: 'divergences/jensen-shannon-distance.wgsl', source },
    fromDivergence: Math.sqrt,
    cpu: 'root',
  }),
}));
