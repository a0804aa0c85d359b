import pQuads from '../../shaders/engine/p-quads.wgsl?raw';
import pWords from '../../shaders/engine/p-words.wgsl?raw';
import qQuads from '../../shaders/engine/q-quads.wgsl?raw';
import qWords from '../../shaders/engine/q-words.wgsl?raw';
import type { InputRange, Piece } from './kernel.ts';

const quads: readonly Piece[] = [{ name: 'engine/p-quads.wgsl', source: pQuads }, { name: 'engine/q-quads.wgsl', source: qQuads }];
const words: readonly Piece[] = [{ name: 'engine/p-words.wgsl', source: pWords }, { name: 'engine/q-words.wgsl', source: qWords }];

/**
 * The bindings of the first and the second input with WGSL that loads them as bits of f32: `p_at` and `q_at` one number,
 * `p_quad` and `q_quad` four, in one load where rows begin at multiples of four. A quad may reach beyond its row.
 */
export function loaderPieces(inputs: readonly InputRange[]): readonly Piece[] {
  return inputs.slice(0, 2).map(({ width }, binding) => (width % 4 === 0 ? quads : words)[binding]!);
}
