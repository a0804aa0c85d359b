/** Rows of nonnegative f32 in f64. */
import { accumulated, partial, total } from './quads';

/** The sum of a row; also of −0, which counts as 0. */
export function massOf(at: usize, outcomes: i32): f64 {
  let sum = f64x2.splat(0);
  const end = at + ((<usize>outcomes) << 2);
  const whole = at + ((<usize>(outcomes & ~3)) << 2);
  for (; at < whole; at += 16) sum = accumulated(sum, f32x4.abs(v128.load(at)));
  return total(at < end ? accumulated(sum, f32x4.abs(partial(at, <i32>((end - at) >> 2)))) : sum);
}

/** An entry of a row. */
@inline
export function weightAt(row: usize, k: i32): f64 {
  return Math.abs(<f64>load<f32>(row + ((<usize>k) << 2)));
}

/** The index of the largest weight, the first of them. */
export function modeOf(row: usize, outcomes: i32): i32 {
  let mode = 0;
  let greatest: f64 = -1;
  for (let k = 0; k < outcomes; k++) {
    const weight = weightAt(row, k);
    if (weight > greatest) {
      greatest = weight;
      mode = k;
    }
  }
  return mode;
}
