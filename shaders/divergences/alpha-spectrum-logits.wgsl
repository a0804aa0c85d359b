// Sums over two rows of logits at four alphas at once; the sweeps are those of alpha-logits.wgsl.
// Twin: src/divergences/alpha-spectrum.ts
fn without_overflows(values: vec4<f32>, mass: f32, excess: f32) -> Sums {
  let overflow = (bitcast<vec4<u32>>(values) & vec4(INFINITY_BITS)) == vec4(INFINITY_BITS);
  return Sums(select(values, vec4(0.0), overflow), select(vec4(0.0), vec4(1.0), overflow), vec4(mass, excess, 0.0, 0.0));
}

// One of p and q is so far below the other that only the logarithm of their ratio matters.
fn far_terms(larger: Scaled, log_ratio: Double) -> vec4<f32> {
  var values: vec4<f32>;
  for (chosen = 0u; chosen < 4u; chosen++) {
    values[chosen] = far_term(larger, log_ratio);
  }
  return values;
}

fn outcome_sums(p_bits: u32, q_bits: u32, by: Normaliser) -> Sums {
  let no_p = p_bits == ZERO_PROBABILITY;
  let no_q = q_bits == ZERO_PROBABILITY;
  if (no_p && no_q) {
    return Sums();
  }
  let log_p = difference(Double(logit(p_bits), 0.0), Double(by.maximum_p, 0.0));
  let log_q = difference(Double(logit(q_bits), 0.0), Double(by.maximum_q, 0.0));
  let log_ratio = difference(difference(log_q, log_p), by.log_ratio);
  let k = binades_of(log_ratio);
  if (no_p || (!no_q && k > TABLE_REACH)) {
    let scaled_q = scaled_probability(difference(log_q, by.log_ratio), by);
    let mass = scale(scaled_q.mantissa, scaled_q.exponent);
    if (no_p) {
      return one_sided_sums(mass, entries(21u), vec4(0.0, mass, 0.0, 0.0));
    }
    return without_overflows(far_terms(scaled_q, log_ratio), 0.0, mass);
  }
  let scaled_p = scaled_probability(log_p, by);
  if (no_q || k < -TABLE_REACH) {
    let mass = scale(scaled_p.mantissa, scaled_p.exponent);
    if (no_q) {
      return one_sided_sums(mass, entries(20u), vec4(mass, -mass, 0.0, 0.0));
    }
    return without_overflows(far_terms(scaled_p, log_ratio), mass, -mass);
  }
  let pair = pair_of_logs(scaled_p, log_ratio, k);
  return without_overflows(terms(pair), pair.p, difference_of(pair));
}

fn sweep_sums(p_start: u32, q_start: u32, local: u32, by: Normaliser) -> Sums {
  var sums = Accumulators();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate_sums(&sums, outcome_sums(p_at(p_start + k), q_at(q_start + k), by));
  }
  return sums_over_lanes(sums, local);
}

// The bits of D(softmax p || softmax q) at each alpha: after the masses are right, small divergences are swept once more, lifted.
fn row_bits(p_start: u32, q_start: u32, local: u32) -> vec4<u32> {
  let maximum = maxima(p_start, q_start, local);
  var by = normaliser_of(maximum, masses(p_start, q_start, local, maximum));
  var bits = vec4<u32>();
  var settled = vec4(false);
  var lifted = false;
  for (var swept = 1u; swept <= 3u; swept++) {
    let sums = sweep_sums(p_start, q_start, local, by);
    if (swept == 1u && agreed(any_masses_matter(sums), local)) {
      by.log_ratio = add(by.log_ratio, Double(log1p_accurate(sums.masses.y / sums.masses.x), 0.0), uniforms.zero);
      continue;
    }
    bits = select(bits_of(sums), bits, settled);
    settled = settled | (sums.values >= vec4(LIFTED_BELOW)) | vec4(lifted);
    if (agreed(all(settled), local)) {
      break;
    }
    by.exponent -= LIFT;
    lifted = true;
  }
  return bits;
}
