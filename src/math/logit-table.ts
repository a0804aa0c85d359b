import { alphaTable } from './alpha-table.ts';
import { weights } from './alpha-term.ts';
import { splitDouble } from './double-single.ts';

/**
 * The constants of D_α on logits: `alphaTable`, whose reduction q₀ = 2^k p serves logits as well, and in its head
 *
 *     [24] a − f32(a)    [25] b − f32(b)
 *
 * Beyond the table's rows the kernel forms exp(−a x) or exp(−b x) itself, from x of several hundred and more: there the
 * rounding of a and b would show.
 */
export function logitTable(alpha: number): Float32Array<ArrayBuffer> {
  const { a, b } = weights(alpha);
  const table = alphaTable(alpha);
  table.set([splitDouble(a).low, splitDouble(b).low], 24);
  return table;
}
