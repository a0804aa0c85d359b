// d = 4 asin(sqrt(D_0 / 8)), at most pi.
// Twin: src/divergences/fisher-rao-distance.ts
const DIAMETER: f32 = 3.14159274;

fn divergence_of(sums: vec4<f32>) -> f32 {
  let quotient = alpha_quotient(sums);
  let z = min(0.125 * (quotient.x / quotient.y), 0.5);
  return min(4.0 * root_of_quotient(0.125 * quotient.x, quotient.y) * arcsine_quotient(z), DIAMETER);
}
