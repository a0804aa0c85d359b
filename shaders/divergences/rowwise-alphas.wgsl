// One divergence a row of the batch, each row with the table of its own alpha.
// Twin: src/divergences/alpha-rows.ts
fn compute_item(row: u32, local: u32) {
  outcomes = uniforms.outcomes;
  table_start = TABLE_LENGTH * u32(slots[slots_row(row)]);
  let bits = row_divergence(p_row(row), q_row(row), local);
  if (lane_of(local) == 0u) {
    divergences[row] = bits;
  }
}
