// The root of the Jensen-Shannon divergence, a metric.
// Twin: src/divergences/jensen-shannon-distance.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  return sqrt_accurate(jensen_shannon_of(sums));
}
