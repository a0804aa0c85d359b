/**
 * Products x yᵀ of rows, 16 rows of x at a time: these are packed so that outcome k of all of them lies together, while the
 * rows of y are read as they are. Two of those fill the registers.
 */
import { lower, mulAdd, narrowed, storePartial, upper } from './quads';

/** Rows of x in a panel. */
export const PANEL = 16;
/** Outcomes of a panel that the nearest cache holds. */
const CHUNK = 256;
/** Products that are summed at once, and then blocks of a chunk; chunks are summed in f64, since there may be many. */
const BLOCK = 16;

@inline
function evenPairs(a: v128, b: v128): v128 { // a0 b0 a1 b1
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

@inline
function oddPairs(a: v128, b: v128): v128 { // a2 b2 a3 b3
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

@inline
function lowerHalves(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2);
}

@inline
function upperHalves(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 1, 3);
}

/** The products of up to 16 rows with all rows of y. The scratch holds a panel and its sums. */
export function panelProducts(rows: i32, columns: i32, out: usize, panel: usize, x: usize, y: usize, width: i32): void {
  const sums = panel + ((<usize>(width + 3) & ~3) << 6);
  packPanel(panel, x, rows, width);
  panelProduct(sums, panel, y, columns, width);
  storeSums(out, sums, rows, columns);
}

/** Packs up to 16 rows; the last one stands for those that are missing, and what is beyond their ends is never read. */
function packPanel(panel: usize, x: usize, rows: i32, width: i32): void {
  const stride = (<usize>width) << 2;
  for (let row = 0; row < PANEL; row += 4, panel += 16) {
    const x0 = x + <usize>min(row, rows - 1) * stride;
    const x1 = x + <usize>min(row + 1, rows - 1) * stride;
    const x2 = x + <usize>min(row + 2, rows - 1) * stride;
    const x3 = x + <usize>min(row + 3, rows - 1) * stride;
    for (let at: usize = 0, to = panel; at < stride; at += 16, to += 256) {
      const a = v128.load(x0 + at);
      const b = v128.load(x1 + at);
      const c = v128.load(x2 + at);
      const d = v128.load(x3 + at);
      v128.store(to, lowerHalves(evenPairs(a, b), evenPairs(c, d)));
      v128.store(to, upperHalves(evenPairs(a, b), evenPairs(c, d)), 64);
      v128.store(to, lowerHalves(oddPairs(a, b), oddPairs(c, d)), 128);
      v128.store(to, upperHalves(oddPairs(a, b), oddPairs(c, d)), 192);
    }
  }
}

/** Bytes from the sums of four rows of a panel, which are f64, to those of the next four. */
@inline
export function stripOf(rowsOfY: i32): usize {
  return <usize>((rowsOfY + 3) & ~3) << 5;
}

/** The products of a panel with all rows of y: four strips of quads, each of four rows of x and one of y. */
function panelProduct(sums: usize, panel: usize, y: usize, rowsOfY: i32, width: i32): void {
  const stride = (<usize>width) << 2;
  const strip = stripOf(rowsOfY);
  for (let k = 0; k < width; k += CHUNK, panel += CHUNK << 6, y += CHUNK << 2) {
    for (let row = 0; row < rowsOfY; row += 2) {
      const y0 = y + <usize>row * stride;
      addProducts(sums + ((<usize>row) << 5), strip, min(CHUNK, width - k), panel, 64, y0, row + 1 < rowsOfY ? y0 + stride : y0, 4, k === 0);
    }
  }
}

/** The sums of up to 16 rows, which lie together in strips, row by row. */
export function storeSums(out: usize, sums: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row += 4, sums += stripOf(columns)) storeStrip(out + (<usize>row * columns << 2), sums, min(rows - row, 4), columns);
}

function storeStrip(out: usize, sums: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  for (let column = 0; column < columns; column += 4, sums += 128, out += 16) {
    const count = min(columns - column, 4);
    const a = sumsAt(sums);
    const b = sumsAt(sums + 32);
    const c = sumsAt(sums + 64);
    const d = sumsAt(sums + 96);
    storeQuad(out, lowerHalves(evenPairs(a, b), evenPairs(c, d)), count);
    if (rows > 1) storeQuad(out + stride, upperHalves(evenPairs(a, b), evenPairs(c, d)), count);
    if (rows > 2) storeQuad(out + 2 * stride, lowerHalves(oddPairs(a, b), oddPairs(c, d)), count);
    if (rows > 3) storeQuad(out + 3 * stride, upperHalves(oddPairs(a, b), oddPairs(c, d)), count);
  }
}

@inline
function storeQuad(at: usize, x: v128, count: i32): void {
  if (count === 4) v128.store(at, x); // mostly, and not worth a call
  else storePartial(at, x, count);
}

@inline
function sumsAt(at: usize): v128 {
  return narrowed(v128.load(at), v128.load(at, 16));
}

/** Adds products of 16 numbers of x, of which there are `count`, with one of each y; each of them is a stride from the next. */
@inline
export function addProducts(sums: usize, strip: usize, count: i32, x: usize, strideX: usize, y0: usize, y1: usize, strideY: usize, isFirst: bool): void {
  let t0 = f32x4.splat(0), t1 = f32x4.splat(0), t2 = f32x4.splat(0), t3 = f32x4.splat(0);
  let t4 = f32x4.splat(0), t5 = f32x4.splat(0), t6 = f32x4.splat(0), t7 = f32x4.splat(0);
  for (let left = count; left > 0; left -= BLOCK) {
    let a0 = f32x4.splat(0), a1 = f32x4.splat(0), a2 = f32x4.splat(0), a3 = f32x4.splat(0);
    let b0 = f32x4.splat(0), b1 = f32x4.splat(0), b2 = f32x4.splat(0), b3 = f32x4.splat(0);
    for (let k = min(left, BLOCK); k > 0; k--, x += strideX, y0 += strideY, y1 += strideY) {
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      const x2 = v128.load(x, 32);
      const x3 = v128.load(x, 48);
      const a = v128.load32_splat(y0);
      const b = v128.load32_splat(y1);
      a0 = mulAdd(x0, a, a0);
      a1 = mulAdd(x1, a, a1);
      a2 = mulAdd(x2, a, a2);
      a3 = mulAdd(x3, a, a3);
      b0 = mulAdd(x0, b, b0);
      b1 = mulAdd(x1, b, b1);
      b2 = mulAdd(x2, b, b2);
      b3 = mulAdd(x3, b, b3);
    }
    t0 = f32x4.add(t0, a0);
    t1 = f32x4.add(t1, a1);
    t2 = f32x4.add(t2, a2);
    t3 = f32x4.add(t3, a3);
    t4 = f32x4.add(t4, b0);
    t5 = f32x4.add(t5, b1);
    t6 = f32x4.add(t6, b2);
    t7 = f32x4.add(t7, b3);
  }
  put(sums, t0, t4, isFirst);
  put(sums + strip, t1, t5, isFirst);
  put(sums + 2 * strip, t2, t6, isFirst);
  put(sums + 3 * strip, t3, t7, isFirst);
}

@inline
function put(at: usize, a: v128, b: v128, isFirst: bool): void {
  putOne(at, a, isFirst);
  putOne(at + 32, b, isFirst);
}

@inline
function putOne(at: usize, x: v128, isFirst: bool): void {
  v128.store(at, isFirst ? lower(x) : f64x2.add(v128.load(at), lower(x)));
  v128.store(at, isFirst ? upper(x) : f64x2.add(v128.load(at, 16), upper(x)), 16);
}
