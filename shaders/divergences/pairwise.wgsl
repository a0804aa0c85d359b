// Divergences of all pairs, each evaluated directly.
// Twin: src/divergences/divergence-matrix.ts
fn compute_item(cell: u32, local: u32) {
  let i = cell / uniforms.width;
  let j = cell % uniforms.width;
  outcomes = uniforms.outcomes;
  let of_p = select(i, j, uniforms.exchanged == 1u);
  let of_q = select(j, i, uniforms.exchanged == 1u);
  let bits = row_divergence(p_row(of_p), q_row(of_q), local);
  if (lane_of(local) == 0u) {
    divergences[cell] = bits;
  }
}
