import half from '../../shaders/engine/half.wgsl?raw';
import pOfHalves from '../../shaders/engine/p-f16.wgsl?raw';
import p from '../../shaders/engine/p-f32.wgsl?raw';
import qOfHalves from '../../shaders/engine/q-f16.wgsl?raw';
import q from '../../shaders/engine/q-f32.wgsl?raw';
import type { InputRange, Piece } from './kernel.ts';

const sources = [{ f32: p, f16: pOfHalves }, { f32: q, f16: qOfHalves }] as const;

/**
 * The WGSL of `p_at` and `q_at`, with the bindings: the bits in f32 of a number of the first and of the second input,
 * as f32 or f16 is stored. A kernel that loads its inputs so says `readsHalves`.
 */
export function loaderPieces(inputs: readonly InputRange[]): readonly Piece[] {
  return [
    { name: 'engine/half.wgsl', source: half },
    ...inputs.slice(0, 2).map(({ storage = 'f32' }, index) => ({ name: `engine/${'pq'[index]}-${storage}.wgsl`, source: sources[index]![storage] })),
  ];
}
