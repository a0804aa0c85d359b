// p log(p/q) - p + q and what of it belongs to the masses, in closed form: from q0 = 2^k p to q by the three-point identity
// of x log x, whose parts are all >= 0.
// Twin: src/math/alpha-term.ts (alpha = -1)
fn load_constants() {
}

// u (r - log(1 + r)) for r = d/u and s = d/(2u + d).
fn near_term(u: f32, d: f32, s: f32) -> f32 {
  let z = s * s;
  return s * fma(-2.0 * u * z, binade_tail(z), d);
}

fn divergence_term(pair: Pair) -> f32 {
  let near = near_term(pair.u, pair.d, pair.s);
  let falls = pair.k < 0;
  let power = power_of_two(max(-abs(pair.k), -126)); // beyond it, the smaller of p and q does not count
  let k = select(-power, -1.0, falls) * f32(pair.k);
  let slope = select(1.0 - power, power - 1.0, falls);
  let start = fma(k, LOG2_LOW, fma(k, LOG2_HIGH, slope));
  let value = fma(pair.u, start, fma(pair.d, slope, select(power, 1.0, falls) * near));
  let exponent = pair.exponent - min(pair.k, 0);
  return value * select(power_of_two(exponent), 0.0, exponent < -126);
}

fn term_without_p(q: f32) -> f32 {
  return q;
}

fn term_without_q(p: f32) -> f32 {
  return -1.0;
}

fn mass_term(sums: vec4<f32>) -> f32 {
  return near_term(sums.y, sums.z, sums.z / (2.0 * sums.y + sums.z));
}

fn masses_matter(sums: vec4<f32>) -> bool {
  return abs(sums.z) >= 0.66 * abs(sums.y + 0.5 * sums.z) || mass_term(sums) > 0.05 * sums.x;
}

fn alpha_divergence_of(sums: vec4<f32>) -> f32 {
  return max(sums.x - mass_term(sums), 0.0) / sums.y;
}
