// H^2 = D_0 / 4.
// Twin: src/divergences/squared-hellinger-divergence.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  return 0.25 * alpha_divergence_of(sums);
}
