import { apply, type Operation } from '../engine/operation.ts';
import { taken } from '../engine/parameters.ts';
import type { Tensor } from '../engine/tensor.ts';
import { alphaDivergence } from './alpha-divergence.ts';
import type { AlphaParameters } from './alpha-member.ts';
import { exampleAlphas } from './alpha-member.ts';
import { matrixOperation, type AnyDivergence } from './divergence-matrix.ts';

const ofAlpha = (parameters: AlphaParameters): AnyDivergence => ({ ...parameters, divergence: alphaDivergence }) as AnyDivergence;

const name = 'alphaDivergenceMatrix';

const operation: Operation<AnyDivergence> = {
  ...matrixOperation(name, 'alphaDivergenceMatrix(p, q, { alpha })', exampleAlphas.map(ofAlpha)),
  formula: 'D_α(p_i‖q_j) for all i, j', source: 'Amari & Nagaoka 2000, §3.2',
};

/**
 * The α-divergences of all pairs of rows, in nats: entry [i, j] is D_α(p_i‖q_j). It is `divergenceMatrix` of `alphaDivergence`.
 *
 * Shapes: p [rowsP, outcomes] and q [rowsQ, outcomes]; the result is [rowsP, rowsQ]. Errors: ShapeError, DomainError.
 *
 * @example
 * const d = await alphaDivergenceMatrix(p, q, { alpha: -1 }).read(); // d[i * rowsQ + j]
 */
export const alphaDivergenceMatrix: {
  (p: Tensor, q: Tensor, parameters: AlphaParameters): Tensor;
  readonly operation: Operation<AnyDivergence>;
} = Object.assign(
  (p: Tensor, q: Tensor, parameters: AlphaParameters): Tensor => apply(operation, [p, q], ofAlpha(taken(name, 'parameters', parameters, ['alpha']))), { operation },
);
