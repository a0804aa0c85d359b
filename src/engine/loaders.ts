import half from '../../shaders/engine/half.wgsl?raw';
import pHalves from '../../shaders/engine/p-halves.wgsl?raw';
import pQuads from '../../shaders/engine/p-quads.wgsl?raw';
import pWords from '../../shaders/engine/p-words.wgsl?raw';
import qHalves from '../../shaders/engine/q-halves.wgsl?raw';
import qQuads from '../../shaders/engine/q-quads.wgsl?raw';
import qWords from '../../shaders/engine/q-words.wgsl?raw';
import type { InputRange, Piece } from './kernel.ts';
import type { Tensor } from './tensor.ts';

const piece = (name: string, source: string): Piece => ({ name: `engine/${name}.wgsl`, source });
const halfPiece = piece('half', half);
const loadersOf = [
  { halves: piece('p-halves', pHalves), quads: piece('p-quads', pQuads), words: piece('p-words', pWords) },
  { halves: piece('q-halves', qHalves), quads: piece('q-quads', qQuads), words: piece('q-words', qWords) },
] as const;

/**
 * The bindings of the first and the second input with WGSL that loads them as bits of f32, as f32 or f16 is stored: `p_at`
 * and `q_at` one number, `p_quad` and `q_quad` four, in one load where rows begin at multiples of four. A quad may reach
 * beyond its row. A kernel that loads its inputs so says `readsHalves`.
 */
export function loaderPieces(inputs: readonly InputRange[]): readonly Piece[] {
  const loaders = inputs.slice(0, 2).map(({ width, storage, inQuads = true }, index) => {
    const kind = storage === 'f16' ? 'halves' : width % 4 === 0 && inQuads ? 'quads' : 'words';
    return loadersOf[index]![kind];
  });
  return inputs.some(({ storage }) => storage === 'f16') ? [halfPiece, ...loaders] : loaders;
}

/** Whether the rows of a tensor begin at multiples of four numbers, if they are as long. */
export function areInQuads({ placing: { offset, stride } }: Tensor): boolean {
  return offset % 4 === 0 && stride % 4 === 0;
}
