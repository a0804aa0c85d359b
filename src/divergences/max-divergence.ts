import source from '../../shaders/divergences/max-divergence.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { equalMassesPieces } from '../math/equal-masses.ts';
import { logRatioPiece } from '../math/log-ratio.ts';
import { maxDivergenceOfWeights } from '../math/hellinger-integral.ts';
import { defineRowDivergence, withoutParameters, type PlainDivergence } from './row-divergence.ts';

const maxDivergencePiece: Piece = { name: 'divergences/max-divergence.wgsl', source };

/**
 * Max-divergence of each row of p from the same row of q, in nats: Rényi's divergence of order ∞.
 *
 * D_∞(p‖q) = max log(p/q) over the outcomes with p > 0; ≥ 0, 0 only where the rows are equal; infinite where q is 0 and
 * p is not. It is the largest loss of an observer who takes p for q: ε of (ε, 0)-differential privacy.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 4 ulp of f32.
 * Source: van Erven & Harremoës, IEEE Trans. Inf. Theory 60 (2014).
 *
 * @example
 * const worst = await maxDivergence(p, q).read();
 */
export const maxDivergence: PlainDivergence = withoutParameters(defineRowDivergence<object>({
  name: 'maxDivergence',
  formula: 'D_∞(p‖q) = max log(p/q)',
  information: () => true,
  source: 'van Erven & Harremoës 2014',
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'one logarithm of 2 ulp of a ratio whose difference from 1 is exact' },
  weights: {
    pieces: () => [...equalMassesPieces, logRatioPiece, maxDivergencePiece],
    reference: maxDivergenceOfWeights,
  },
}));
