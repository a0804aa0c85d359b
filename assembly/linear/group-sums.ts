/** Sums of rows by groups. Twin: src/linear/sum-by.ts */
import { lower, narrowed, upper } from '../math/quads';
import { putQuad, quadAt } from '../math/rows';

/** `order` has the rows group by group, and `ends` where in it each group begins and ends. The scratch holds a row in f64. */
export function groupSums(
  groups: i32, width: i32, out: usize, sums: usize, x: usize, _rows: i32, _width: i32, order: usize, _count: i32, _one: i32, ends: usize, _groups: i32, _two: i32,
): void {
  const bytes = (<usize>width) << 2;
  for (const last = ends + ((<usize>groups) << 3); ends < last; ends += 8, out += bytes) {
    memory.fill(sums, 0, 2 * bytes + 24);
    for (let at = load<u32>(ends); at < load<u32>(ends, 4); at++) addRow(sums, x + <usize>load<u32>(order + ((<usize>at) << 2)) * bytes, bytes);
    for (let k: usize = 0; k < bytes; k += 16) putQuad(out + k, out + bytes, narrowed(v128.load(sums + 2 * k), v128.load(sums + 2 * k, 16)));
  }
}

function addRow(sums: usize, row: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16, sums += 32) {
    const numbers = quadAt(row + k, row + bytes);
    v128.store(sums, f64x2.add(v128.load(sums), lower(numbers)));
    v128.store(sums, f64x2.add(v128.load(sums, 16), upper(numbers)), 16);
  }
}
