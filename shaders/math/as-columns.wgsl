// Rows of one number as the columns of a row.
// Twin: src/math/exact-sum.ts
fn element(row: u32, column: u32) -> u32 {
  return x[x_row(column)];
}
