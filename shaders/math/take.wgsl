// Rows of x by a list of indices.
// Twin: src/math/take.ts
fn element(row: u32, column: u32) -> u32 {
  return x[x_row(index[index_row(row)]) + column];
}
