import farSource from '../../shaders/divergences/alpha-far.wgsl?raw';
import logitsSource from '../../shaders/divergences/alpha-logits.wgsl?raw';
import partsSource from '../../shaders/divergences/parts-of-logits.wgsl?raw';
import logitPairSource from '../../shaders/divergences/logit-pair.wgsl?raw';
import type { KernelTable, Piece } from '../engine/kernel.ts';
import { doubleSinglePiece } from '../math/double-single.ts';
import { logitTable } from '../math/logit-table.ts';
import { pairPiece } from '../math/pair.ts';
import { commonPieces } from '../math/pieces.ts';

/** What turns terms into divergences of rows of logits, normalised on the way and never stored; `far_term` comes with the terms. */
export const logitSumPieces: readonly Piece[] = [
  ...commonPieces,
  doubleSinglePiece,
  pairPiece,
  { name: 'divergences/logit-pair.wgsl', source: logitPairSource },
  { name: 'divergences/alpha-logits.wgsl', source: logitsSource },
];
export const alphaLogitPieces: readonly Piece[] = [...logitSumPieces, { name: 'divergences/alpha-far.wgsl', source: farSource }];

export const partsOfLogits: Piece = { name: 'divergences/parts-of-logits.wgsl', source: partsSource };

export function logitTableOf(alpha: number): KernelTable {
  return { key: `alpha of logits ${Object.is(alpha, -0) ? 0 : alpha}`, type: 'vec4<u32>', make: () => logitTable(alpha) };
}
