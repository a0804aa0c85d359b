// d = 4 asin(sqrt(D_0 / 8)), at most pi.
// Twin: src/divergences/fisher-rao-distance.ts
const DIAMETER: f32 = 3.14159274;

fn divergence_of(sums: vec4<f32>) -> f32 {
  let z = min(0.125 * alpha_divergence_of(sums), 0.5);
  return min(4.0 * sqrt_accurate(z) * arcsine_quotient(z), DIAMETER);
}
