/** What is told of inputs: their place, the bytes from row to row, and their width, each an f64. */
import { strideOf } from '../math/quads';
import { inputs, out, outWidth } from './state';

const INPUT: usize = 24;

@inline
export function inputAt(index: u32): usize {
  return inputs + INPUT * index;
}

/** Of each input its rows are told, which become a stride. */
export function setStrides(count: i32): void {
  for (let index = 0; index < count; index++) {
    const input = inputAt(index);
    store<f64>(input, <f64>strideOf(<i32>load<f64>(input, 8), <i32>load<f64>(input, 16)), 8);
  }
}

/** Rows of an input to columns of the result. */
export function copyInput(index: i32, rows: i32, from: i32, columns: i32): void {
  const input = inputAt(index);
  let x = <usize>load<f64>(input);
  let to = out + ((<usize>from) << 2);
  for (let row = 0; row < rows; row++, x += <usize>load<f64>(input, 8), to += (<usize>outWidth) << 2) memory.copy(to, x, (<usize>columns) << 2);
}

/** From now on an input lies in the result. */
export function placeInResult(index: i32, from: i32, columns: i32): void {
  const input = inputAt(index);
  store<f64>(input, <f64>(out + ((<usize>from) << 2)));
  store<f64>(input, <f64>((<usize>outWidth) << 2), 8);
  store<f64>(input, columns, 16);
}
