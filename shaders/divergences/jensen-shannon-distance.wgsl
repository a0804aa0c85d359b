// The root of the Jensen-Shannon divergence, a metric.
// Twin: src/divergences/jensen-shannon-distance.ts
fn divergence_of(sums: vec4<f32>) -> f32 {
  let quotient = jensen_shannon_quotient(sums);
  return min(root_of_quotient(quotient.x, quotient.y), 0.832554611); // sqrt(log 2)
}
