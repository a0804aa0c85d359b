/** Products xᵀ y, summed over the rows of a batch. Twin: src/linear/gram.ts */
import { lower, mulAdd, narrowed, strideOf, upper } from '../math/quads';
import { putQuad } from '../math/rows';

/** Rows of the result that the nearest cache has sums of, while a chunk of the batch goes by. */
const ROWS = 16;
const CHUNK = 64;
/** Products that are summed at once, and then the blocks of a chunk; chunks are summed in f64, since there may be many. */
const BLOCK = 16;

/** Some rows of the result, whose numbers `row` has. What is loaded beyond the end of a row is not stored. */
export function gram(
  rows: i32, width: i32, out: usize, sums: usize, x: usize, rowsOfX: i32, widthOfX: i32, y: usize, rowsOfY: i32, _widthOfY: i32, row: usize, _rows: i32, _one: i32,
): void {
  const count = max(rowsOfX, rowsOfY);
  const strideX = strideOf(rowsOfX, widthOfX);
  const strideY = strideOf(rowsOfY, width);
  const line = (<usize>(width + 7) & ~7) << 3;
  x += (<usize>load<u32>(row)) << 2;
  for (let first = 0; first < rows; first += ROWS, x += ROWS << 2) {
    const here = min(ROWS, rows - first);
    memory.fill(sums, 0, ROWS * line);
    for (let b = 0; b < count; b += CHUNK) {
      const length = min(CHUNK, count - b);
      for (let i: usize = 0; i < <usize>here; i += 4) {
        for (let j: usize = 0; j < <usize>width; j += 8) {
          addChunk(sums + i * line + (j << 3), line, length, x + <usize>b * strideX + (i << 2), strideX, y + <usize>b * strideY + (j << 2), strideY);
        }
      }
    }
    for (let at = sums, i = 0; i < here; i++, at = sums + <usize>i * line) {
      for (const end = out + (<usize>width << 2); out < end; at += 32) {
        putQuad(out, end, narrowed(v128.load(at), v128.load(at, 16)));
        out = min(out + 16, end);
      }
    }
  }
}

/** Adds the products of four columns of x with eight of y. */
@inline
function addChunk(sums: usize, line: usize, rows: i32, x: usize, strideX: usize, y: usize, strideY: usize): void {
  let t0 = f32x4.splat(0), t1 = f32x4.splat(0), t2 = f32x4.splat(0), t3 = f32x4.splat(0);
  let t4 = f32x4.splat(0), t5 = f32x4.splat(0), t6 = f32x4.splat(0), t7 = f32x4.splat(0);
  for (let left = rows; left > 0; left -= BLOCK) {
    let a0 = f32x4.splat(0), a1 = f32x4.splat(0), a2 = f32x4.splat(0), a3 = f32x4.splat(0);
    let a4 = f32x4.splat(0), a5 = f32x4.splat(0), a6 = f32x4.splat(0), a7 = f32x4.splat(0);
    for (let k = min(left, BLOCK); k > 0; k--, x += strideX, y += strideY) {
      const y0 = v128.load(y);
      const y1 = v128.load(y, 16);
      const x0 = v128.load32_splat(x);
      const x1 = v128.load32_splat(x, 4);
      const x2 = v128.load32_splat(x, 8);
      const x3 = v128.load32_splat(x, 12);
      a0 = mulAdd(x0, y0, a0);
      a1 = mulAdd(x0, y1, a1);
      a2 = mulAdd(x1, y0, a2);
      a3 = mulAdd(x1, y1, a3);
      a4 = mulAdd(x2, y0, a4);
      a5 = mulAdd(x2, y1, a5);
      a6 = mulAdd(x3, y0, a6);
      a7 = mulAdd(x3, y1, a7);
    }
    t0 = f32x4.add(t0, a0);
    t1 = f32x4.add(t1, a1);
    t2 = f32x4.add(t2, a2);
    t3 = f32x4.add(t3, a3);
    t4 = f32x4.add(t4, a4);
    t5 = f32x4.add(t5, a5);
    t6 = f32x4.add(t6, a6);
    t7 = f32x4.add(t7, a7);
  }
  add(sums, t0, t1);
  add(sums + line, t2, t3);
  add(sums + 2 * line, t4, t5);
  add(sums + 3 * line, t6, t7);
}

@inline
function add(sums: usize, a: v128, b: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), lower(a)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), upper(a)), 16);
  v128.store(sums, f64x2.add(v128.load(sums, 32), lower(b)), 32);
  v128.store(sums, f64x2.add(v128.load(sums, 48), upper(b)), 48);
}
