// Columns of x as rows.
// Twin: src/math/transposed.ts
fn element(column: u32, row: u32) -> u32 {
  return x[x_row(row) + columns[columns_row(column)]];
}
