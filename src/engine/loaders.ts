import half from '../../shaders/engine/half.wgsl?raw';
import type { InputRange, Piece } from './piece.ts';

/** How the numbers of an input lie: f32 anywhere, f32 in rows that begin at multiples of four, or f16, two a word. */
export type Loading = 'words' | 'quads' | 'halves';

export const storedAs: Readonly<Record<Loading, string>> = { words: 'u32', quads: 'vec4<u32>', halves: 'u32' };

/** What loaders of halves call. */
export const halfPiece: Piece = { name: 'engine/half.wgsl', source: half };

export function loadingOf({ width, storage, inQuads = true }: InputRange): Loading {
  if (storage === 'f16') return 'halves';
  return width % 4 === 0 && inQuads ? 'quads' : 'words';
}

/**
 * WGSL that loads an input as bits of f32: `<name>_at` one number, `<name>_quad` four, in one load from quads. A quad
 * may reach beyond its row.
 */
export function loaderOf(name: string, loading: Loading): readonly string[] {
  const one = {
    words: `${name}[index]`, quads: `${name}[index / 4u][index % 4u]`,
    halves: `bits_of_half(${name}[index >> 1u] >> ((index & 1u) << 4u))`,
  }[loading];
  const each = `vec4(${name}_at(index), ${name}_at(index + 1u), ${name}_at(index + 2u), ${name}_at(index + 3u))`;
  const four = loading === 'quads' ? `${name}[index / 4u]` : each;
  return [
    `fn ${name}_at(index: u32) -> u32 {`, `  return ${one};`, '}', '',
    `fn ${name}_quad(index: u32) -> vec4<u32> {`, `  return ${four};`, '}', '',
  ];
}

/** Whether rows that lie so begin at multiples of four numbers, if they are as long. */
export function areInQuads({ offset, stride }: { readonly offset: number; readonly stride: number }): boolean {
  return offset % 4 === 0 && stride % 4 === 0;
}
