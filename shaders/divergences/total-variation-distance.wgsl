// TV = (1/2) sum |p - q|.
// Twin: src/divergences/total-variation-distance.ts
fn load_constants() {
}

fn divergence_term(pair: Pair) -> f32 {
  return abs(difference_of(pair));
}

fn term_without_p(q: f32) -> f32 {
  return q;
}

fn term_without_q(p: f32) -> f32 {
  return p;
}

// A difference of masses adds as much of itself to the sum.
fn masses_matter(sums: vec4<f32>) -> bool {
  return abs(sums.z) > 2.0e-8 * sums.x;
}

fn divergence_of(sums: vec4<f32>) -> f32 {
  return min(0.5 * sums.x / sums.y, 1.0);
}
