// Columns of rows.
// Twin: src/math/columns.ts
fn element(row: u32, column: u32) -> u32 {
  return x[x_row(row) + uniforms.column + column];
}
