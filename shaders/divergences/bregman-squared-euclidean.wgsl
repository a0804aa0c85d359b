// (p - q)^2, the Bregman divergence of x^2.
// Twin: src/divergences/bregman-divergence.ts
fn load_constants() {
}

fn divergence_term(pair: Pair) -> f32 {
  let difference = difference_of(pair);
  return difference * difference;
}

fn term_without_p(q: f32) -> f32 {
  return q * q;
}

fn term_without_q(p: f32) -> f32 {
  return p * p;
}
