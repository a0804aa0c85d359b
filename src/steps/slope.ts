import slopeAlphaSource from '../../shaders/steps/slope-alpha.wgsl?raw';
import slopeKlSource from '../../shaders/steps/slope-kl.wgsl?raw';
import type { Piece, Table } from '../engine/kernel.ts';
import { deformedLogRatio, logRatio, weights } from '../math/alpha-family.ts';
import { deformedLogPieces, deformedLogTables } from '../math/deformed-log.ts';
import { commonPieces } from '../math/pieces.ts';

/** ∂/∂q of the α-divergence of t from q, up to a constant that a step does not see: WGSL, tables and twin. */

export function slopePieces(alpha: number): readonly Piece[] {
  return alpha === -1
    ? [...commonPieces, { name: 'steps/slope-kl.wgsl', source: slopeKlSource }]
    : [...deformedLogPieces, { name: 'steps/slope-alpha.wgsl', source: slopeAlphaSource }];
}

export function slopeTables(alpha: number): readonly Table[] {
  return alpha === -1 ? [] : deformedLogTables(-weights(alpha).b);
}

const largestSlope = 1e30;

/** T_−b(log q/t), and −t/q for KL, kept finite; where q is 0 its weights stay 0, so the slope there means nothing. */
export function slope(alpha: number, t: number, q: number): number {
  if (q <= 0) return 0;
  if (alpha === -1) return Math.max(-largestSlope, -t / q);
  const { b } = weights(alpha);
  if (t <= 0) return b > 0 ? 1 / b : largestSlope;
  return Math.min(largestSlope, Math.max(-largestSlope, deformedLogRatio(-b, logRatio(t, q))));
}
