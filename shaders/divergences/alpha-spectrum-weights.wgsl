// Sums over two rows of nonnegative numbers at four alphas at once; the sweeps are those of row-sums.wgsl.
// Twin: src/divergences/alpha-spectrum.ts
fn outcome_sums(p_bits: u32, q_bits: u32, by: Rescaling) -> Sums {
  if (p_bits != 0u && q_bits != 0u) {
    var pair: Pair;
    if (by.applies) {
      pair = pair_rescaled(p_bits, q_bits, by, uniforms.zero);
    } else {
      pair = pair_of(p_bits, q_bits);
    }
    return Sums(terms(pair), vec4(0.0), vec4(pair.p, difference_of(pair), 0.0, 0.0));
  }
  if (q_bits != 0u) {
    let mass = rescaled_mass(q_bits, by);
    return one_sided_sums(mass, entries(21u), vec4(0.0, mass, 0.0, 0.0));
  }
  if (p_bits == 0u) {
    return Sums();
  }
  let mass = bitcast<f32>(p_bits);
  return one_sided_sums(mass, entries(20u), vec4(mass, -mass, 0.0, 0.0));
}

fn sweep_sums(p_start: u32, q_start: u32, local: u32, by: Rescaling) -> Sums {
  var sums = Accumulators();
  for (var first = lane_of(local); first < uniforms.outcomes; first += BLOCK * LANES) {
    var block = Sums();
    let end = min(first + BLOCK * LANES, uniforms.outcomes);
    for (var k = first; k < end; k += LANES) {
      block = plus(block, outcome_sums(p_at(p_start + k) & MAGNITUDE, q_at(q_start + k) & MAGNITUDE, by));
    }
    accumulate_sums(&sums, block);
  }
  return sums_over_lanes(sums, local);
}

// The bits of D(p || q) at each alpha. The sweeps are one loop: compilers copy functions into every place that calls them.
fn row_bits(p_start: u32, q_start: u32, local: u32) -> vec4<u32> {
  var by = SAME_MASS;
  var sums = Sums();
  for (var swept = 1u; swept <= 3u; swept++) {
    sums = sweep_sums(p_start, q_start, local, by);
    if (swept == 3u || !agreed(any_masses_matter(sums), local)) {
      break;
    }
    if (swept == 1u) {
      by = rescaling_of(sums_of(sums), masses_of(p_start, q_start, local));
    } else {
      by = refined(by, sums_of(sums));
    }
  }
  return bits_of(sums);
}
