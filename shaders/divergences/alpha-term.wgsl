// phi_alpha(p, q) = (b p + a q - p^b q^a) / (a b), a = (1 + alpha)/2, b = (1 - alpha)/2, without log, exp or pow.
// Twin: src/math/alpha-term.ts (f64), src/math/alpha-table.ts (the table)
// Three-point identity round q0: p F_k + d (F'_k + rho_k s G(s)); every part is >= 0, so nothing cancels.
fn divergence_term(pair: Pair) -> f32 {
  let row = table_row(pair.k);
  let c = bitcast<vec3<f32>>(row.xyz);
  let value = fma(pair.d, fma(c.z * pair.s, series_at(pair.s), c.y), pair.u * c.x);
  return scale(value, pair.exponent + bitcast<i32>(row.w));
}

// q / b where p is 0, and p / a where q is 0. The table holds 0 for a rate that is infinite; -1 says so.
fn one_sided(mass: f32, rate: f32) -> f32 {
  return select(mass * rate, -1.0, rate == 0.0);
}

fn term_without_p(q: f32) -> f32 {
  return one_sided(q, bitcast<f32>(table_head(5u).y));
}

fn term_without_q(p: f32) -> f32 {
  return one_sided(p, bitcast<f32>(table_head(5u).x));
}

// phi_alpha of the two masses, by the series; defined while they are within a factor 2.
fn mass_term(sums: vec4<f32>) -> f32 {
  let s = sums.z / (2.0 * sums.y + sums.z);
  return sums.z * s * series_at(s);
}

fn masses_matter(sums: vec4<f32>) -> bool {
  let s = sums.z / (2.0 * sums.y + sums.z);
  return abs(s) >= 0.33 || mass_term(sums) > 0.2 * sums.x;
}

// The divergence of the normalised rows: D = (D_extended - phi(P, Q)) / (P^b Q^a).
fn alpha_divergence_of(sums: vec4<f32>) -> f32 {
  let a = bitcast<f32>(table_head(5u).z);
  let mass = sums.y * exp_accurate(a * log1p_accurate(sums.z / sums.y));
  return max(sums.x - mass_term(sums), 0.0) / mass;
}
