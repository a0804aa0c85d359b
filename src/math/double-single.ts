import source from '../../shaders/math/double-single.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** Sums and products of pairs of f32 in WGSL. Their twin is f64, which is wider. */
export const doubleSinglePiece: Piece = { name: 'math/double-single.wgsl', source };

/** A number as the f32 next to it and the f32 next to what is left. */
export function splitDouble(x: number): { readonly high: number; readonly low: number } {
  const high = Math.fround(x);
  return { high, low: Math.fround(x - high) };
}
