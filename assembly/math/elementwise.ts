/** Functions of numbers one by one, and rows as they are. Twins: src/math/bits.ts, src/math/take.ts, src/math/temper.ts, src/divergences/gradient-scaled.ts, src/math/total.ts, src/divergences/population-stability-index.ts */
import { strideOf } from './quads';
import { largestOf } from './rows';

export function totals(rows: i32, width: i32, out: usize, _scratch: usize, x: usize, rowsOfX: i32, _widthOfX: i32, y: usize, rowsOfY: i32, _widthOfY: i32): void {
  for (let row = 0; row < rows; row++, x += strideOf(rowsOfX, width), y += strideOf(rowsOfY, width)) {
    for (let k: usize = 0; k < <usize>width << 2; k += 4, out += 4) store<f32>(out, load<f32>(x + k) + load<f32>(y + k));
  }
}

export function smoothedRows(rows: i32, width: i32, out: usize, _scratch: usize, p: usize, _rowsOfP: i32, _widthOfP: i32, smoothing: f64): void {
  for (const end = out + ((<usize>rows * width) << 2); out < end; out += 4, p += 4) store<f32>(out, load<f32>(p) + <f32>smoothing);
}

export function takenRows(rows: i32, width: i32, out: usize, _scratch: usize, x: usize, _rowsOfX: i32, _widthOfX: i32, index: usize, _rowsOfIndex: i32, _widthOfIndex: i32): void {
  const bytes = (<usize>width) << 2;
  for (const end = out + rows * bytes; out < end; out += bytes, index += 4) memory.copy(out, x + load<u32>(index) * bytes, bytes);
}

export function takenColumns(rows: i32, width: i32, out: usize, _scratch: usize, x: usize, rowsOfX: i32, widthOfX: i32, from: f64): void {
  const bytes = (<usize>width) << 2;
  x += (<usize>from) << 2;
  for (const end = out + rows * bytes; out < end; out += bytes, x += strideOf(rowsOfX, widthOfX)) memory.copy(out, x, bytes);
}

export function transposed(rows: i32, width: i32, out: usize, _scratch: usize, x: usize, _rowsOfX: i32, widthOfX: i32, column: usize, _rowsOfColumn: i32, _widthOfColumn: i32): void {
  for (let row = 0; row < rows; row++, column += 4) {
    let at = x + ((<usize>load<u32>(column)) << 2);
    for (let k = 0; k < width; k++, out += 4, at += (<usize>widthOfX) << 2) store<f32>(out, load<f32>(at));
  }
}

export function inBits(rows: i32, width: i32, out: usize, _scratch: usize, x: usize, _rowsOfX: i32, _widthOfX: i32): void {
  for (const end = out + ((<usize>rows * width) << 2); out < end; out += 4, x += 4) store<f32>(out, <f32>(<f64>load<f32>(x) * 1.4426950408889634));
}

/** z/T, or (z − max z)/T; a row may become too deep for f32, but no outcome of probability 0. */
export function temperedRows(rows: i32, width: i32, out: usize, _scratch: usize, p: usize, rowsOfP: i32, _widthOfP: i32, temperature: f64, centred: f64): void {
  for (let row = 0; row < rows; row++, p += strideOf(rowsOfP, width)) {
    const greatest: f64 = centred !== 0 ? <f64>largestOf(p, width) : 0;
    for (let k: usize = 0; k < <usize>width << 2; k += 4, out += 4) {
      const z = load<f32>(p + k);
      store<f32>(out, z === -Infinity ? z : min<f32>(max<f32>(<f32>((<f64>z - greatest) / temperature), -3.4028234663852886e38), 3.4028234663852886e38));
    }
  }
}

/** Rows times a factor, but for a few numbers at their beginning. */
export function scaledRows(rows: i32, width: i32, out: usize, _scratch: usize, x: usize, _rowsOfX: i32, _widthOfX: i32, from: f64, factor: f64): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < width; k++, out += 4, x += 4) store<f32>(out, k < <i32>from ? load<f32>(x) : <f32>(<f64>load<f32>(x) * factor));
  }
}
