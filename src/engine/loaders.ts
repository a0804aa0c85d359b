import half from '../../shaders/engine/half.wgsl?raw';
import pOfHalves from '../../shaders/engine/p-f16.wgsl?raw';
import p from '../../shaders/engine/p-f32.wgsl?raw';
import qOfHalves from '../../shaders/engine/q-f16.wgsl?raw';
import q from '../../shaders/engine/q-f32.wgsl?raw';
import type { InputRange, Piece } from './kernel.ts';

const sources = { p: { f32: p, f16: pOfHalves }, q: { f32: q, f16: qOfHalves } } as const;

/**
 * The WGSL of `p_at` and `q_at`, with the bindings: the bits in f32 of a number of the first and of the second input,
 * as f32 or f16 is stored. A kernel that loads its inputs so says `readsHalves`.
 */
export function loaderPieces(inputs: readonly InputRange[]): readonly Piece[] {
  const of = (name: 'p' | 'q', { storage = 'f32' }: InputRange): Piece => ({ name: `engine/${name}-${storage}.wgsl`, source: sources[name][storage] });
  return [{ name: 'engine/half.wgsl', source: half }, of('p', inputs[0]!), ...(inputs[1] ? [of('q', inputs[1])] : [])];
}
