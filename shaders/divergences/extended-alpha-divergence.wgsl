// sum phi(p, q) of two rows of positive measures, taken as they are.
// Twin: src/divergences/extended-alpha-divergence.ts
fn masses_matter(sums: vec4<f32>) -> bool {
  return false;
}

fn divergence_of(sums: vec4<f32>) -> f32 {
  return sums.x;
}
