// A Bregman divergence of positive measures: the sum of its terms, nothing normalised.
// Twin: src/divergences/bregman-divergence.ts
fn masses_matter(sums: vec4<f32>) -> bool {
  return false;
}

fn divergence_of(sums: vec4<f32>) -> f32 {
  return sums.x;
}
