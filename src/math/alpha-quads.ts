import source from '../../shaders/math/alpha-quads.wgsl?raw';
import series10Source from '../../shaders/math/quad-series-10.wgsl?raw';
import series18Source from '../../shaders/math/quad-series-18.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { tableLength } from './alpha-table.ts';
import { logitTable } from './logit-table.ts';

const alphaQuadsPiece: Piece = { name: 'math/alpha-quads.wgsl', source };
const series10: Piece = { name: 'math/quad-series-10.wgsl', source: series10Source };
const series18: Piece = { name: 'math/quad-series-18.wgsl', source: series18Source };

/** Access to the tables of four α's, and their polynomials up to a degree. */
export function alphaQuadPieces(degree: 10 | 18): readonly Piece[] {
  return [alphaQuadsPiece, degree === 10 ? series10 : series18];
}

/** The tables of the first four α's entry by entry, then those of the next four; the last α fills up. */
export function alphaQuads(alphas: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const quads = new Uint32Array(4 * tableLength * Math.ceil(alphas.length / 4)); // entries may be the bits of integers
  for (let index = 0; index < quads.length / tableLength; index++) {
    const table = new Uint32Array(logitTable(alphas[Math.min(index, alphas.length - 1)]!).buffer);
    const start = 4 * tableLength * Math.floor(index / 4) + (index % 4);
    for (let entry = 0; entry < tableLength; entry++) quads[start + 4 * entry] = table[entry]!;
  }
  return new Float32Array(quads.buffer);
}
