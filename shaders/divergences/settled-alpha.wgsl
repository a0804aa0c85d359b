// What a settled estimate of the alpha-divergence stands for: the alpha-divergence itself.
// Twin: src/divergences/divergence-matrix.ts
fn of_alpha_divergence(divergence: f32) -> f32 {
  return divergence;
}
