import source from '../../shaders/divergences/extended-alpha-divergence.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { checkFinite } from '../engine/operation.ts';
import { alphaDivergenceOfMeasures } from '../math/alpha-family.ts';
import { alphaCall, tableOf, alphaTolerance, dually, evaluated, exampleAlphas, measurePieces, unsupportedAlpha, type AlphaParameters } from './alpha-member.ts';
import { defineRowDivergence, partsOfWeights, type DivergenceOf } from './row-divergence.ts';

const extendedAlphaDivergencePiece: Piece = { name: 'divergences/extended-alpha-divergence.wgsl', source };

/**
 * Amari's α-divergence of each row of p from the same row of q as positive measures: rows are taken as they are, whatever
 * their sums. ≥ 0, 0 only where the rows are equal.
 *
 * D_α(p‖q) = 4/(1−α²) Σ ((1−α)/2 p + (1+α)/2 q − p^((1−α)/2) q^((1+α)/2)); Σ (p log(p/q) − p + q) at −1, and with p and q
 * exchanged at 1. D_α(p‖q) = D_−α(q‖p), and D_α(cp‖cq) = c D_α(p‖q).
 * Zeros: an outcome with p = 0 costs q·2/(1−α), one with q = 0 costs p·2/(1+α); infinite where that is not positive.
 * Shapes: p and q [batchSize, outcomes] of weights or probabilities, either may have one row for all; the result is [batchSize].
 * Errors: ShapeError; DomainError, also for logits, which leave the mass of a row open. |α| > 15 runs on the CPU.
 * Source: Amari, Information Geometry and Its Applications (2016), §4.1; Cichocki & Amari, Entropy 12 (2010).
 *
 * @example
 * const d = await extendedAlphaDivergence(p, q, { alpha: -1 }).read();
 */
export const extendedAlphaDivergence: DivergenceOf<AlphaParameters> = defineRowDivergence<AlphaParameters>({
  name: 'extendedAlphaDivergence',
  formula: 'D_α(p‖q) = 4/(1−α²) Σ ((1−α)/2 p + (1+α)/2 q − p^((1−α)/2) q^((1+α)/2))',
  source: 'Cichocki & Amari 2010',
  parameters: ['alpha'],
  examples: exampleAlphas,
  tolerance: alphaTolerance(({ alpha }: AlphaParameters) => alpha),
  check: ({ alpha }) => checkFinite('extendedAlphaDivergence', 'alpha', alpha),
  unsupported: ({ alpha }) => unsupportedAlpha(alpha),
  weights: {
    ...dually(({ alpha }) => alpha), parts: partsOfWeights,
    pieces: ({ alpha }) => [...measurePieces(alpha), extendedAlphaDivergencePiece],
    table: ({ alpha }) => tableOf(evaluated(alpha)),
    cpu: ({ parameters: { alpha } }) => alphaCall(alpha, 'measures'),
    reference: (p, q, { alpha }) => alphaDivergenceOfMeasures(p, q, alpha),
  },
});
