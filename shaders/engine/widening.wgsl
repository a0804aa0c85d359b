// Rows of f32, padded with zeros, for kernels that read no others.
// Twin: src/engine/widening.ts
fn element(row: u32, k: u32) -> u32 {
  if (k >= uniforms.outcomes) {
    return 0u;
  }
  return p_at(p_row(row) + k);
}
