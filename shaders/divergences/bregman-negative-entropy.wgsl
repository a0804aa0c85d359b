// p log(p/q) - p + q, the Bregman divergence of x log x: from q0 = 2^k p to q by the three-point identity, all parts >= 0.
// Twin: src/divergences/bregman-divergence.ts
fn load_constants() {
}

fn divergence_term(pair: Pair) -> f32 {
  let near = pair.s * fma(-2.0 * pair.u * pair.s * pair.s, binade_tail(pair.s * pair.s), pair.d); // u (r - log(1 + r)), r = d/u
  let k = f32(pair.k);
  if (pair.k >= 0) {
    let power = power_of_two(-min(pair.k, 120));
    let start = fma(-power * k, LOG2_LOW, fma(-power * k, LOG2_HIGH, 1.0 - power));
    return scale(fma(pair.u, start, fma(pair.d, 1.0 - power, power * near)), pair.exponent);
  }
  let power = power_of_two(max(pair.k, -120));
  let start = fma(-k, LOG2_LOW, fma(-k, LOG2_HIGH, power - 1.0));
  return scale(fma(pair.u, start, fma(pair.d, power - 1.0, near)), pair.exponent - pair.k);
}

fn term_without_p(q: f32) -> f32 {
  return q;
}

fn term_without_q(p: f32) -> f32 {
  return -1.0;
}
