/** Products x yᵀ of the square matrices that rows hold, as sums of two f32. Twin: src/linear/row-products.ts */
import { strideOf, total } from '../math/quads';

/** The scratch holds both matrices in f64. */
export function rowProducts(
  rows: i32, width: i32, out: usize, scratch: usize, x: usize, rowsOfX: i32, _widthOfX: i32, y: usize, rowsOfY: i32, _widthOfY: i32, size: f64,
): void {
  const n = <i32>size;
  const parts = <usize>width >> 1;
  const xs = scratch;
  const ys = scratch + (parts << 3);
  for (let row = 0; row < rows; row++, x += strideOf(rowsOfX, width), y += strideOf(rowsOfY, width), out += <usize>width << 2) {
    join(xs, x, parts);
    join(ys, y, parts);
    let to = out;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++, to += 4) {
        const sum = dot(xs + (<usize>(i * n) << 3), ys + (<usize>(j * n) << 3), n);
        store<f32>(to, <f32>sum);
        store<f32>(to + (parts << 2), <f32>(sum - <f64><f32>sum));
      }
    }
  }
}

function join(to: usize, from: usize, count: usize): void {
  for (let k: usize = 0; k < count; k++) {
    store<f64>(to + (k << 3), <f64>load<f32>(from + (k << 2)) + <f64>load<f32>(from + ((count + k) << 2)));
  }
}

/** Σ over the first `count` numbers. */
export function dot(x: usize, y: usize, count: i32): f64 {
  let sums = f64x2.splat(0);
  for (const end = x + (<usize>(count & ~1) << 3); x < end; x += 16, y += 16) sums = f64x2.add(sums, f64x2.mul(v128.load(x), v128.load(y)));
  return total(sums) + (count & 1 ? load<f64>(x) * load<f64>(y) : 0);
}
