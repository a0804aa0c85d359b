// One divergence a row of the batch.
// Twin: src/divergences/row-divergence.ts
fn compute_item(item: u32, local: u32) {
  let row = row_of(item, uniforms.rows);
  outcomes = uniforms.outcomes;
  symmetric = uniforms.symmetric == 1u;
  let bits = row_divergence(p_row(row), q_row(row), local);
  if (lane_of(local) == 0u && item == row) {
    divergences[row] = bits;
  }
}
