// Counts with a constant added to each.
// Twin: src/divergences/population-stability-index.ts (smoothed)
fn element(row: u32, k: u32) -> f32 {
  return p[p_row(row) + k] + uniforms.smoothing;
}
