/** Rows of nonnegative f32 in f64. */
import { accumulated, narrowed, partial, quad, storePartial, total } from './quads';

/** The sum of a row; also of −0, which counts as 0. */
export function massOf(at: usize, outcomes: i32): f64 {
  let sum = f64x2.splat(0);
  let other = f64x2.splat(0); // so that additions wait less for each other
  const end = at + ((<usize>outcomes) << 2);
  for (; at + 32 <= end; at += 32) {
    sum = accumulated(sum, f32x4.abs(v128.load(at)));
    other = accumulated(other, f32x4.abs(v128.load(at, 16)));
  }
  for (; at < end; at += 16) sum = accumulated(sum, f32x4.abs(quadAt(at, end)));
  return total(f64x2.add(sum, other));
}

/** The greatest entry of any row. */
export function largestOf(at: usize, outcomes: i32): f32 {
  let x = quad(-Infinity);
  const end = at + ((<usize>outcomes) << 2);
  const whole = at + ((<usize>(outcomes & ~3)) << 2);
  for (; at < whole; at += 16) x = f32x4.pmax(x, v128.load(at));
  for (; at < end; at += 4) x = f32x4.pmax(x, v128.load32_splat(at));
  return max(max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}

/** An entry of a row. */
@inline
export function weightAt(row: usize, k: i32): f64 {
  return Math.abs(<f64>load<f32>(row + ((<usize>k) << 2)));
}

/** The four numbers at a place of a row, zeros beyond its end. */
@inline
export function quadAt(at: usize, end: usize): v128 {
  return at + 16 <= end ? v128.load(at) : tailAt(at, end);
}

function tailAt(at: usize, end: usize): v128 {
  return partial(at, <i32>((end - at) >> 2));
}

/** Writes four numbers, or as many as the row still has. */
@inline
export function putQuad(at: usize, end: usize, x: v128): void {
  if (at + 16 <= end) v128.store(at, x);
  else storePartial(at, x, <i32>((end - at) >> 2));
}

/** Writes four f64 times a factor, rounded. */
@inline
export function putScaled(at: usize, end: usize, low: v128, high: v128, factor: v128): void {
  putQuad(at, end, narrowed(f64x2.mul(low, factor), f64x2.mul(high, factor)));
}
