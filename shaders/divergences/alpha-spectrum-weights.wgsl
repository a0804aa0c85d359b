// Sums over two rows of nonnegative numbers at four alphas at once; the sweeps are those of row-sums.wgsl.
// Twin: src/divergences/alpha-spectrum.ts
fn outcome_sums(p_bits: u32, q_bits: u32, by: Rescaling) -> Sums {
  if (p_bits == 0u && q_bits == 0u) {
    return Sums();
  }
  let some_p = select(p_bits, q_bits, p_bits == 0u);
  let pair = pair_by(some_p, select(q_bits, p_bits, q_bits == 0u), by);
  if (p_bits == 0u) {
    return one_sided_sums(pair.q, entries(21u), vec4(0.0, pair.q, 0.0, 0.0));
  }
  if (q_bits == 0u) {
    return one_sided_sums(pair.p, entries(20u), vec4(pair.p, -pair.p, 0.0, 0.0));
  }
  return Sums(terms(pair), vec4(0.0), vec4(pair.p, difference_of(pair), 0.0, 0.0));
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

fn any_unsettled(sums: Sums, by: Rescaling) -> bool {
  var unsettled = false;
  for (var index = 0u; index < 4u; index++) {
    choose(index);
    unsettled = unsettled || is_unsettled(sums_of(sums), by);
  }
  return unsettled;
}

// The rescaling that the first unsettled alpha asks for: what makes masses equal is the same for all.
fn rescaling_after(by: Rescaling, frame: MassFrame, sums: Sums) -> Rescaling {
  for (var index = 0u; index < 4u; index++) {
    choose(index);
    if (is_unsettled(sums_of(sums), by)) {
      return next_rescaling(by, frame, sums_of(sums));
    }
  }
  return by;
}

// The bits of D(p || q) at each alpha.
fn row_bits(p_start: u32, q_start: u32, local: u32) -> vec4<u32> {
  var by = SAME_MASS;
  var sums = sweep_sums(p_start, q_start, local, SAME_MASS);
  if (agreed(any_unsettled(sums, by), local)) {
    let frame = mass_frame(p_start, q_start, outcomes, local);
    for (var turn = 0u; turn < 4u; turn++) {
      by = rescaling_after(by, frame, sums);
      sums = sweep_sums(p_start, q_start, local, by);
      if (!agreed(any_unsettled(sums, by), local)) {
        break;
      }
    }
  }
  return bits_of(sums);
}
