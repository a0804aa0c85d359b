import source from '../../shaders/math/alpha-tables.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { alphaBound, alphaTableRow, tableHeadLength } from './alpha-table.ts';
import { weights } from './alpha-term.ts';
import { splitDouble } from './double-single.ts';
import { BINADE, divergenceSeries, economise } from './series.ts';
import { seriesDegree } from './table.ts';

/**
 * Tables of many α's at once, 1.4 KB each where `alphaTable` has 9 KB. Each is, in vec4 of f32,
 *
 *     8      head, as in `alphaTable` and `logitTable`
 *     63     rows k = −31 … 31       (c0, c1, c2, e), as in `alphaTable` but with the exponent as a number
 *     17     rows k = −256, −224 … 256, which with the former give the row of every other k
 */
export const shortTableLength = 352;
const step = 32;
const ks = [
  ...Array.from({ length: 2 * step - 1 }, (_, index) => index - step + 1),
  ...Array.from({ length: 17 }, (_, index) => step * (index - 8)),
];

/** Access to one of many tables, in a kernel whose input `tables` holds them. */
export const alphaTablesPiece: Piece = { name: 'math/alpha-tables.wgsl', source };

/** The tables one after the other. */
export function alphaTables(alphas: readonly number[]): Float32Array<ArrayBuffer> {
  const tables = new Float32Array(shortTableLength * alphas.length);
  alphas.forEach((alpha, index) => fillTable(tables.subarray(shortTableLength * index, shortTableLength * (index + 1)), alpha));
  return tables;
}

function fillTable(table: Float32Array, alpha: number): void {
  const { a, b } = weights(alpha);
  table.set(economised(divergenceSeries(alpha), seriesDegree(alpha)));
  table.set([a > 0 ? 1 / a : 0, b > 0 ? 1 / b : 0, a, b, splitDouble(a).low, splitDouble(b).low, alphaBound(alpha)], 20);
  let at = tableHeadLength;
  for (const k of ks) {
    const { values: [c0, c1, c2], exponent } = alphaTableRow(a, b, k);
    const largest = Math.floor(Math.log2(Math.max(c0, Math.abs(c1), c2)));
    const unit = 2 ** -largest;
    table[at++] = c0 * unit;
    table[at++] = c1 * unit;
    table[at++] = c2 * unit;
    table[at++] = exponent + largest;
  }
}

const economisations = new Map<number, readonly Float64Array[]>();

/** `economise` on |s| ≤ 1/3 as the linear map that it is: a fiftieth of its time, once its matrix is there. */
function economised(series: Float64Array, degree: number): Float64Array {
  if (!economisations.has(degree)) {
    economisations.set(degree, Array.from(series, (_, j) => economise(series.map((__, k) => (k === j ? 1 : 0)), BINADE, degree)));
  }
  const polynomial = new Float64Array(degree + 1);
  economisations.get(degree)!.forEach((column, j) => {
    for (let k = 0; k <= degree; k++) polynomial[k]! += series[j]! * column[k]!;
  });
  return polynomial;
}
