// The sum of two results, number by number; infinite where one of them is.
// Twin: src/math/total.ts
fn element(row: u32, column: u32) -> u32 {
  let a = x[x_row(row) + column];
  let b = y[y_row(row) + column];
  let infinite = (a & INFINITY_BITS) == INFINITY_BITS || (b & INFINITY_BITS) == INFINITY_BITS;
  return select(bitcast<u32>(bitcast<f32>(a) + bitcast<f32>(b)), INFINITY_BITS, infinite);
}
