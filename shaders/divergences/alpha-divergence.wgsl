// The alpha-divergence itself.
// Twin: src/divergences/alpha-divergence.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  return alpha_divergence_of(sums);
}
