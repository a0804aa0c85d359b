// What gives the row of q the mass of the row of p, known to 2^-44 after two sweeps: near rows of unlike masses lose nothing.
// Twin: src/math/normalised-pair.ts
const MAGNITUDE: u32 = 0x7fffffffu; // minus zero is zero

// One outcome of which neither p nor q is zero.
fn pair_by(p_bits: u32, q_bits: u32, by: Rescaling) -> Pair {
  if (by.applies) {
    return pair_rescaled(p_bits, q_bits, by, uniforms.zero);
  }
  return pair_of(p_bits, q_bits);
}

fn mass_by(q_bits: u32, by: Rescaling) -> f32 {
  let q = split(q_bits);
  return select(scale(q.mantissa * by.inverse, q.exponent - by.shift), 0.0, q_bits == 0u);
}

// p, q - p, q, and 1 where only one of them is zero
fn masses_of(p_bits: u32, q_bits: u32, by: Rescaling) -> vec4<f32> {
  let p = bitcast<f32>(p_bits);
  let q = mass_by(q_bits, by);
  if (p_bits == 0u || q_bits == 0u) {
    return vec4(p, q - p, q, select(1.0, 0.0, p_bits == q_bits));
  }
  return vec4(p, difference_of(pair_by(p_bits, q_bits, by)), q, 0.0);
}

fn mass_sums(p_start: u32, q_start: u32, local: u32, by: Rescaling) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, masses_of(p_at(p_start + k) & MAGNITUDE, q_at(q_start + k) & MAGNITUDE, by), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

// 2^shift (1 + excess) = mass of q / mass of p, from sums of p, q - p and q.
fn rescaling_by(sums: vec4<f32>) -> Rescaling {
  let of_p = split(bitcast<u32>(sums.x));
  let of_q = split(bitcast<u32>(sums.z));
  let ratio = split(bitcast<u32>(of_q.mantissa / of_p.mantissa));
  let halves = ratio.mantissa > 1.41421354;
  let shift = ratio.exponent + of_q.exponent - of_p.exponent + select(0, 1, halves);
  var excess = ratio.mantissa * select(1.0, 0.5, halves) - 1.0;
  if (shift == 0 && abs(sums.y) < 0.25 * sums.x) {
    excess = sums.y / sums.x;
  }
  return Rescaling(Double(excess, 0.0), 1.0 / (1.0 + excess), shift, true, false);
}

// The rescaling from the sums without one; a second sweep finds what the rounding of the first left out.
fn equal_masses(p_start: u32, q_start: u32, local: u32, sums: vec4<f32>) -> Rescaling {
  let by = rescaling_by(sums);
  let left = mass_sums(p_start, q_start, local, by);
  let rest = left.y / left.x;
  let excess = add(by.excess, Double(rest, by.excess.high * rest), uniforms.zero);
  return Rescaling(excess, 1.0 / (1.0 + excess.high), by.shift, true, false);
}
