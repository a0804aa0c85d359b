import { makingOf } from './lineage.ts';
import { axisOf } from './stages.ts';
import type { Tensor } from './tensor.ts';

/** Numbers that the reference goes through for the pairs of a row, about: a millisecond. */
const numbersOfPairs = 2 ** 12;

const golden = (Math.sqrt(5) - 1) / 2;

/**
 * All rows, each once, in an order that the seed determines: from a row that the seed gives on, by a stride near the golden
 * section of the rows and prime to them, so that any first few lie spread over all of them.
 */
export function* seededRows(rows: number, seed: number): Generator<number> {
  let stride = Math.max(1, Math.round(golden * rows));
  while (greatestDivisor(stride, rows) > 1) stride++;
  let row = Math.floor(mixed(seed) * rows);
  for (let k = 0; k < rows; k++) {
    yield row;
    row = (row + stride) % rows;
  }
}

/** The columns that a sample looks at where a row of the result is of many pairs, none of which depends on another; undefined where it looks at all. */
export function seededColumns(result: Tensor, seed: number): readonly number[] | undefined {
  const { shape, width } = result;
  const others = makingOf(result).inputs.find((_, index) => axisOf(result, index) === 'columns');
  if (!others || shape.length !== 2) return undefined; // a list of neighbours has more axes, and is chosen among all pairs
  const count = Math.ceil(numbersOfPairs / others.width);
  const order = seededRows(width, ~seed); // independent of that of the rows
  return count < width ? Array.from({ length: count }, () => order.next().value as number) : undefined;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** A number in [0, 1) that neighbouring seeds share nothing of: the finish of MurmurHash3 (A. Appleby, 2011). */
function mixed(seed: number): number {
  let x = seed + 1;
  x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}
