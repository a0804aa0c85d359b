// H = sqrt(D_0 / 4).
// Twin: src/divergences/hellinger-distance.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  let quotient = alpha_quotient(sums);
  return min(root_of_quotient(0.25 * quotient.x, quotient.y), 1.0);
}
