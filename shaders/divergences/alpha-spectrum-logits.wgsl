// Sums over two rows of logits at four alphas at once; the sweeps are those of alpha-logits.wgsl.
// Twin: src/divergences/alpha-spectrum.ts
fn without_overflows(values: vec4<f32>, mass: f32, excess: f32) -> Sums {
  let overflow = (bitcast<vec4<u32>>(values) & vec4(INFINITY_BITS)) == vec4(INFINITY_BITS);
  return Sums(select(values, vec4(0.0), overflow), select(vec4(0.0), vec4(1.0), overflow), vec4(mass, excess, 0.0, 0.0));
}

// One of p and q is so far below the other that only the logarithm of their ratio matters.
fn far_sums(logs: LogPair, far: FarPair) -> Sums {
  let masses = vec2(scale(far.p.mantissa, far.p.exponent), scale(far.q.mantissa, far.q.exponent));
  if (logs.no_p || logs.no_q) {
    return alone_sums(logs, masses.x, masses.y);
  }
  var values: vec4<f32>;
  for (chosen = 0u; chosen < 4u; chosen++) {
    values[chosen] = far_term(far);
  }
  return without_overflows(values, select(masses.x, 0.0, far.rising), select(-masses.x, masses.y, far.rising));
}

fn alone_sums(logs: LogPair, p: f32, q: f32) -> Sums {
  if (logs.no_p && logs.no_q) {
    return Sums();
  }
  if (logs.no_p) {
    return one_sided_sums(q, entries(21u), vec4(0.0, q, 0.0, 0.0));
  }
  return one_sided_sums(p, entries(20u), vec4(p, -p, 0.0, 0.0));
}

fn outcome_sums(p_bits: u32, q_bits: u32, by: Normaliser) -> Sums {
  let logs = log_pair(p_bits, q_bits, by);
  if (abs(logs.log_ratio.high) > LARGEST_LOG_RATIO) {
    return far_sums(logs, far_pair(p_bits, q_bits, by));
  }
  let pair = pair_of_logs(logs.scaled_p, logs.log_ratio);
  if (logs.no_p || logs.no_q) {
    return alone_sums(logs, pair.p, pair.q);
  }
  return without_overflows(terms(pair), pair.p, select(pair.q - pair.p, in_f32(pair.d, pair.exponent), pair.k == 0));
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
  var by = normaliser_of(overview(p_start, q_start, local));
  var bits = vec4<u32>();
  var settled = vec4(false);
  var lifted = false;
  for (var swept = 1u; swept <= 3u; swept++) {
    let sums = sweep_sums(p_start, q_start, local, by);
    if (swept == 1u && agreed(any_masses_matter(sums), local)) {
      by.log_ratio = add(by.log_ratio, DoubleSingle(log1p_accurate(sums.masses.y / sums.masses.x), 0.0), uniforms.zero);
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
