// The alpha-divergence itself.
// Twin: src/divergences/identity-member.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  return alpha_divergence_of(sums);
}
