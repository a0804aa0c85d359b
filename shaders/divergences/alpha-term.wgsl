// phi_alpha(p, q) = (b p + a q - p^b q^a) / (a b), a = (1 + alpha)/2, b = (1 - alpha)/2, without log, exp or pow.
// Twin: src/math/alpha-term.ts (f64), src/math/alpha-table.ts (the table)
// Three-point identity round q0: p F_k + d (F'_k + rho_k s G(s)); every part is >= 0, so nothing cancels.
// Here as mantissa and exponent, in units of 2^exponent_of_larger(pair).
fn term_in_units(pair: Pair) -> Scaled {
  let row = table_row(pair.k);
  let c = bitcast<vec3<f32>>(row.xyz);
  return Scaled(fma(pair.d, fma(c.z * pair.s, series_at(pair.s), c.y), pair.u * c.x), bitcast<i32>(row.w));
}

fn exponent_of_larger(pair: Pair) -> i32 {
  return pair.exponent - min(pair.k, 0);
}

// q / b where p is 0, and p / a where q is 0. The table holds 0 for a rate that is infinite; -1 says so.
fn one_sided(mass: f32, rate: f32) -> f32 {
  return select(mass * rate, -1.0, rate == 0.0);
}

fn term_without_p(q: f32) -> f32 {
  return one_sided(q, series.rates.y);
}

fn term_without_q(p: f32) -> f32 {
  return one_sided(p, series.rates.x);
}
