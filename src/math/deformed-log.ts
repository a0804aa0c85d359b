import deformedLogSource from '../../shaders/math/deformed-log.wgsl?raw';
import type { KernelTable, Piece } from '../engine/kernel.ts';
import { deformedLogTable } from './alpha-table.ts';
import { doubleSinglePiece } from './double-single.ts';
import { pairPiece } from './pair.ts';
import { commonPieces } from './pieces.ts';
import { tablePieces } from './table.ts';

/** WGSL of T_c(log q/p), for |c| ≤ 2. */
export const deformedLogPieces: readonly Piece[] = [
  ...commonPieces,
  doubleSinglePiece,
  pairPiece,
  ...tablePieces(12),
  { name: 'math/deformed-log.wgsl', source: deformedLogSource },
];

export function deformedLogTableOf(c: number): KernelTable {
  return { key: `deformed log ${c === 0 ? 0 : c}`, type: 'vec4<u32>', make: () => deformedLogTable(c) };
}
