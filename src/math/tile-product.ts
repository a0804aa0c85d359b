import source from '../../shaders/math/tile-product.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** Tiles of 4 × 4 inner products. The shader that joins it binds `x_quads` and `y_quads`, arrays of vec4<f32>. */
export const tileProductPiece: Piece = { name: 'math/tile-product.wgsl', source };

/** Numbers in a row that is padded to whole quads. */
export function paddedWidth(width: number): number {
  return 4 * Math.ceil(width / 4);
}

/** The tiles of a result; each is one item. */
export function tileCount(rows: number, width: number): number {
  return Math.ceil(rows / 4) * Math.ceil(width / 4);
}
