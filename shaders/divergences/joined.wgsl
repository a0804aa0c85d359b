// A number a row before the rest of the row.
// Twin: src/divergences/mixture-gradient.ts
fn element(row: u32, column: u32) -> u32 {
  if (column == 0u) {
    return value[value_row(row)];
  }
  return rest[rest_row(row) + column - 1u];
}
