// chi^2 = 2 D, of Pearson at alpha = -3 and of Neyman at alpha = 3.
// Twin: src/divergences/pearson-chi-squared-divergence.ts, src/divergences/neyman-chi-squared-divergence.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  return 2.0 * alpha_divergence_of(sums);
}
