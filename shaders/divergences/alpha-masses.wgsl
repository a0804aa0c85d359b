// From the sums over a row of positive measures to the divergence of the normalised rows.
// Twin: src/math/alpha-family.ts (alphaDivergenceOfWeights)
// phi_alpha of the two masses, by the series; defined while they are within a factor 2.
fn mass_term(sums: vec4<f32>) -> f32 {
  let s = sums.z / (2.0 * sums.y + sums.z);
  return sums.z * s * series_at(s);
}

fn masses_matter(sums: vec4<f32>) -> bool {
  let s = sums.z / (2.0 * sums.y + sums.z);
  return abs(s) >= 0.33 || mass_term(sums) > 0.05 * sums.x;
}

// The divergence of the normalised rows, D = (D_extended - phi(P, Q)) / (P^b Q^a), as numerator and denominator.
fn alpha_quotient(sums: vec4<f32>) -> vec2<f32> {
  let a = series.rates.z;
  return vec2(max(sums.x - mass_term(sums), 0.0), sums.y * exp_accurate(a * log1p_accurate(sums.z / sums.y)));
}

fn alpha_divergence_of(sums: vec4<f32>) -> f32 {
  let quotient = alpha_quotient(sums);
  return at_most_bound(quotient.x / quotient.y);
}
