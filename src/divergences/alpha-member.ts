import termSource from '../../shaders/divergences/alpha-term.wgsl?raw';
import type { Piece, Table } from '../engine/kernel.ts';
import type { Tolerance } from '../engine/operation.ts';
import { alphaDivergenceOfLogits, alphaDivergenceOfWeights } from '../math/alpha-family.ts';
import { alphaTable, maximalAlpha } from '../math/alpha-table.ts';
import { tablePieces } from '../math/table.ts';
import { alphaLogitPieces, alphaLogitTables } from './alpha-logits.ts';
import { defineRowDivergence, rowSumPieces, type DivergenceOf } from './row-divergence.ts';

/** A function of the α-divergence at one α: the α-divergence itself, KL, the Hellinger distance. */
export interface AlphaMember<Parameters> {
  readonly name: string;
  readonly formula: string;
  readonly source: string;
  readonly examples?: readonly Parameters[];
  readonly alpha: (parameters: Parameters) => number;
  readonly check?: (parameters: Parameters) => void;
  /** WGSL of `divergence_of`, and its twin, from the α-divergence to the member. */
  readonly member: Piece;
  readonly fromAlpha: (divergence: number) => number;
}

const term: Piece = { name: 'divergences/alpha-term.wgsl', source: termSource };

/** Values of α that tests and the bench use: the named members, the neighbourhood of a limit, and beyond ±1. */
export const exampleAlphas: readonly { readonly alpha: number }[] = [0.5, -3, -1, -1 + 1e-7, -0.3, 0, 1, 2, 6].map((alpha) => ({ alpha }));

/** The WGSL of the α-family's term. Two pipelines serve every α: the short polynomial up to |α| = 4, the long one beyond. */
function termPieces(alpha: number): readonly Piece[] {
  return [...tablePieces(Math.abs(alpha) <= 4 ? 10 : 18), term];
}

export function alphaPieces(alpha: number): readonly Piece[] {
  return [...rowSumPieces, ...termPieces(alpha)];
}

export function alphaTables(alpha: number): readonly Table[] {
  return [{ key: `alpha ${Object.is(alpha, -0) ? 0 : alpha}`, make: () => alphaTable(alpha) }];
}

export function unsupportedAlpha(alpha: number): string | undefined {
  return Math.abs(alpha) <= maximalAlpha ? undefined : `the GPU kernel keeps its accuracy for |α| ≤ ${maximalAlpha}, and α is ${alpha}`;
}

export function alphaTolerance<Parameters>(alpha: (parameters: Parameters) => number): Tolerance<Parameters> {
  return {
    ulps: (parameters) => (Math.abs(alpha(parameters)) <= 1 ? 4 : Math.abs(alpha(parameters)) <= 3 ? 6 : 32), relativeTo: 'entry',
    reason: 'terms of one sign, each right to 4 ulp, in compensated sums; larger |α| raises ratios to higher powers',
  };
}

export function defineAlphaMember<Parameters extends object>({ alpha, member, fromAlpha, ...record }: AlphaMember<Parameters>): DivergenceOf<Parameters> {
  return defineRowDivergence<Parameters>({
    ...record, alpha,
    tolerance: alphaTolerance(alpha),
    unsupported: (parameters) => unsupportedAlpha(alpha(parameters)),
    weights: {
      pieces: (parameters) => [...alphaPieces(alpha(parameters)), member],
      tables: (parameters) => alphaTables(alpha(parameters)),
      reference: (p, q, parameters) => fromAlpha(alphaDivergenceOfWeights(p, q, alpha(parameters))),
    },
    logits: {
      pieces: (parameters) => [...alphaLogitPieces, ...termPieces(alpha(parameters)), member],
      tables: (parameters) => alphaLogitTables(alpha(parameters)),
      reference: (p, q, parameters) => fromAlpha(alphaDivergenceOfLogits(p, q, alpha(parameters))),
    },
  });
}
