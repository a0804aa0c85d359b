import source from '../../shaders/math/mode.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** WGSL of `mode_of`, for kernels that have `weight`. */
export const modePiece: Piece = { name: 'math/mode.wgsl', source };

/** The index of the largest weight of a row, the first of them. */
export function modeOf(weights: ArrayLike<number>): number {
  let mode = 0;
  for (let k = 1; k < weights.length; k++) if (weights[k]! > weights[mode]!) mode = k;
  return mode;
}
