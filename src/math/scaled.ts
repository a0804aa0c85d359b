import source from '../../shaders/math/scaled.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

export const scaledPiece: Piece = { name: 'math/scaled.wgsl', source };

/** x = mantissa · 2^exponent with 1 ≤ mantissa < 2, for x > 0. Twin of `split`. */
export function split(x: number): { readonly mantissa: number; readonly exponent: number } {
  let exponent = Math.floor(Math.log2(x));
  if (2 ** exponent > x) exponent--; // log2 may round up to the next whole number
  return { mantissa: x / 2 ** exponent, exponent };
}
