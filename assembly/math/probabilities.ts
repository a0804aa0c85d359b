/**
 * Rows as probabilities: the softmax of logits, weights over their sum.
 * Twin: shaders/math/probabilities.wgsl
 */
import { exponentialFrom } from './elementary';
import { accumulated, lower, narrowed, quad, quadOf, storePartial, strideOf, total, upper } from './quads';
import { largestOf, massOf } from './rows';

export function softmaxRows(rows: i32, width: i32, out: usize, _scratch: usize, logits: usize, rowsOfLogits: i32, _widthOfLogits: i32): void {
  const stride = strideOf(rowsOfLogits, width);
  for (let row = 0; row < rows; row++) {
    scale(out, width, exponentials(logits, out, width), out);
    logits += stride;
    out += (<usize>width) << 2;
  }
}

export function normalisedRows(rows: i32, width: i32, out: usize, _scratch: usize, weights: usize, rowsOfWeights: i32, _widthOfWeights: i32): void {
  const stride = strideOf(rowsOfWeights, width);
  for (let row = 0; row < rows; row++) {
    scale(weights, width, massOf(weights, width), out);
    weights += stride;
    out += (<usize>width) << 2;
  }
}

/** Writes exp(x − largest), and gives their sum. */
function exponentials(at: usize, out: usize, width: i32): f64 {
  const largest = quad(largestOf(at, width));
  let sum = f64x2.splat(0);
  const end = at + ((<usize>width) << 2);
  for (; at < end; at += 16, out += 16) {
    const count = min(<i32>((end - at) >> 2), 4);
    const beyond = i32x4.ge_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
    const x = v128.andnot(exponentialFrom(largest, quadOf(at, count)), beyond);
    storePartial(out, x, count);
    sum = accumulated(sum, x);
  }
  return total(sum);
}

/** out = row/mass, by way of f64, where 1/mass is as right as is needed and the result is rounded once. */
function scale(at: usize, width: i32, mass: f64, out: usize): void {
  const inverse = f64x2.splat(1 / mass);
  const end = at + ((<usize>width) << 2);
  for (; at + 16 <= end; at += 16, out += 16) {
    const x = v128.load(at);
    v128.store(out, narrowed(f64x2.mul(lower(x), inverse), f64x2.mul(upper(x), inverse)));
  }
  for (; at < end; at += 4, out += 4) store<f32>(out, <f32>(<f64>load<f32>(at) / mass));
}
