// Divergence of two rows of nonnegative numbers: one sweep over the row, and others only when the masses differ so
// much that they hide the divergence. A joined piece supplies the term; another lays rows over invocations.
// Twin: src/divergences/row-divergence.ts
const MAGNITUDE: u32 = 0x7fffffffu; // minus zero is zero

// value, mass of p, mass of q minus mass of p, count of infinite terms
fn outcome(p_bits: u32, q_bits: u32, by: Rescaling) -> vec4<f32> {
  if (p_bits != 0u && q_bits != 0u) {
    var pair: Pair;
    if (by.applies) {
      pair = pair_rescaled(p_bits, q_bits, by, uniforms.zero);
    } else {
      pair = pair_of(p_bits, q_bits);
    }
    return vec4(divergence_term(pair), pair.p, difference_of(pair), 0.0);
  }
  if (q_bits != 0u) {
    let mass = rescaled_mass(q_bits, by);
    let cost = term_without_p(mass);
    return vec4(max(cost, 0.0), 0.0, mass, select(0.0, 1.0, cost < 0.0));
  }
  if (p_bits == 0u) {
    return vec4(0.0);
  }
  let mass = bitcast<f32>(p_bits);
  let cost = term_without_q(mass);
  return vec4(max(cost, 0.0), mass, -mass, select(0.0, 1.0, cost < 0.0));
}

fn rescaled_mass(q_bits: u32, by: Rescaling) -> f32 {
  let q = split(q_bits);
  return scale(q.mantissa * by.inverse, q.exponent - by.shift);
}

fn sweep(p_start: u32, q_start: u32, local: u32, by: Rescaling) -> vec4<f32> {
  var sum = Accumulator();
  for (var first = lane_of(local); first < uniforms.outcomes; first += BLOCK * LANES) {
    var block = vec4(0.0);
    let end = min(first + BLOCK * LANES, uniforms.outcomes);
    for (var k = first; k < end; k += LANES) {
      block += outcome(p_at(p_start + k) & MAGNITUDE, q_at(q_start + k) & MAGNITUDE, by);
    }
    accumulate(&sum, block, uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

// x / y, which may lie outside f32.
fn ratio_of(x: f32, y: f32) -> Scaled {
  let above = split(bitcast<u32>(x));
  let below = split(bitcast<u32>(y));
  let ratio = split(bitcast<u32>(above.mantissa / below.mantissa));
  return Scaled(ratio.mantissa, ratio.exponent + above.exponent - below.exponent);
}

fn mass_of(q_start: u32, local: u32) -> f32 {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, vec4(bitcast<f32>(q_at(q_start + k) & MAGNITUDE)), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local).x;
}

// 2^shift (1 + excess) = mass of q / mass of p. Near equal masses the excess comes from their difference, which holds
// nothing of the mass of q when that is far smaller.
fn rescaling_of(sums: vec4<f32>, mass_of_q: f32) -> Rescaling {
  let ratio = ratio_of(mass_of_q, sums.y);
  var shift = ratio.exponent;
  var mantissa = ratio.mantissa;
  if (mantissa > 1.41421354) {
    mantissa *= 0.5;
    shift += 1;
  }
  var excess = mantissa - 1.0;
  if (shift == 0 && abs(sums.z) < 0.25 * sums.y) {
    excess = sums.z / sums.y;
  }
  return Rescaling(Double(excess, 0.0), 1.0 / (1.0 + excess), shift, true);
}

// What the rounding of the masses left out: 1 + excess times 1 + difference of the masses.
fn refined(by: Rescaling, sums: vec4<f32>) -> Rescaling {
  let rest = sums.z / sums.y;
  let excess = add(by.excess, Double(rest, by.excess.high * rest), uniforms.zero);
  return Rescaling(excess, 1.0 / (1.0 + excess.high), by.shift, true);
}

// The bits of D(p || q); all lanes of a row return the same.
fn row_divergence(p_start: u32, q_start: u32, local: u32) -> u32 {
  load_constants();
  var sums = sweep(p_start, q_start, local, SAME_MASS);
  if (agreed(masses_matter(sums), local)) {
    let by = rescaling_of(sums, mass_of(q_start, local));
    sums = sweep(p_start, q_start, local, by);
    if (agreed(masses_matter(sums), local)) {
      sums = sweep(p_start, q_start, local, refined(by, sums));
    }
  }
  // A compensated sum that overflows is NaN, which max() and comparisons may hide.
  let overflown = (bitcast<u32>(sums.x) & INFINITY_BITS) == INFINITY_BITS;
  return select(result_bits(divergence_of(sums)), INFINITY_BITS, overflown || sums.w > 0.0);
}
