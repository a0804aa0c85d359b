import pWords from '../../shaders/engine/p-words.wgsl?raw';
import qWords from '../../shaders/engine/q-words.wgsl?raw';
import type { InputRange, Piece } from './kernel.ts';

const words: readonly Piece[] = [{ name: 'engine/p-words.wgsl', source: pWords }, { name: 'engine/q-words.wgsl', source: qWords }];

/** The WGSL of `p_at` and `q_at`, which give the bits of a number of the first and the second input as f32, with the bindings. */
export function loaderPieces(inputs: readonly InputRange[]): readonly Piece[] {
  return words.slice(0, inputs.length);
}
