// H = sqrt(D_0 / 4).
// Twin: src/divergences/hellinger-distance.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  return 0.5 * sqrt_accurate(alpha_divergence_of(sums));
}
