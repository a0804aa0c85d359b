// What a settled estimate of the alpha-divergence stands for: the member's function of it, as of rows of mass 1.
// Twin: src/divergences/divergence-matrix.ts
fn of_alpha_divergence(divergence: f32) -> f32 {
  return divergence_of(vec4(divergence, 1.0, 0.0, 0.0));
}
