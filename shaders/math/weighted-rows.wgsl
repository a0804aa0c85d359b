// What an exact sum is of: rows, each with a weight.
// Twin: src/math/exact-sum.ts
fn weight_at(row: u32, column: u32) -> u32 {
  return weights[weights_row(row) + column];
}
