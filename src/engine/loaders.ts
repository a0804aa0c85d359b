import half from '../../shaders/engine/half.wgsl?raw';
import pHalves from '../../shaders/engine/p-halves.wgsl?raw';
import pWords from '../../shaders/engine/p-words.wgsl?raw';
import qHalves from '../../shaders/engine/q-halves.wgsl?raw';
import qWords from '../../shaders/engine/q-words.wgsl?raw';
import type { InputRange, Piece } from './kernel.ts';

const halfPiece: Piece = { name: 'engine/half.wgsl', source: half };
const loaders = [
  { f32: { name: 'engine/p-words.wgsl', source: pWords }, f16: { name: 'engine/p-halves.wgsl', source: pHalves } },
  { f32: { name: 'engine/q-words.wgsl', source: qWords }, f16: { name: 'engine/q-halves.wgsl', source: qHalves } },
] as const;

/**
 * The WGSL of `p_at` and `q_at`, with the bindings: the bits in f32 of a number of the first and of the second input,
 * as f32 or f16 is stored. A kernel that loads its inputs so says `readsHalves`.
 */
export function loaderPieces(inputs: readonly InputRange[]): readonly Piece[] {
  return [halfPiece, ...inputs.slice(0, loaders.length).map(({ storage = 'f32' }, index) => loaders[index]![storage])];
}
