// The Jensen-Shannon divergence itself.
// Twin: src/divergences/jensen-shannon-divergence.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  return jensen_shannon_of(sums);
}
