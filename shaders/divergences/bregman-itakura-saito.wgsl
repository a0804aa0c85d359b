// p/q - log(p/q) - 1, the Bregman divergence of -log x: with q = 2^k p (1 + r), all parts >= 0.
// Twin: src/divergences/bregman-divergence.ts
fn load_constants() {
}

fn divergence_term(pair: Pair) -> f32 {
  let z = pair.s * pair.s;
  let near = 2.0 * z * fma(pair.s, binade_tail(z), 1.0 / (1.0 + pair.s)); // log(1 + r) - r/(1 + r)
  let k = f32(pair.k);
  let power = power_of_two(clamp(-pair.k, -120, 120));
  let start = fma(k, LOG2_LOW, fma(k, LOG2_HIGH, power - 1.0));
  let value = start + fma(1.0 - power, log_of_binade(pair.s), power * near);
  return scale(value, max(-pair.k - 120, 0));
}

fn term_without_p(q: f32) -> f32 {
  return -1.0;
}

fn term_without_q(p: f32) -> f32 {
  return -1.0;
}
