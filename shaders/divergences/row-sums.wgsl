// Divergence of two rows of nonnegative numbers: one sweep over the row, and a second only when the masses differ so
// much that they hide the divergence. A joined piece supplies the term; another lays rows over invocations.
// Twin: src/divergences/row-divergence.ts
@group(0) @binding(0) var<storage, read> p: array<u32>;
@group(0) @binding(1) var<storage, read> q: array<u32>;

const MAGNITUDE: u32 = 0x7fffffffu; // minus zero is zero

// value, mass of p, mass of q minus mass of p, count of infinite terms
fn outcome(p_bits: u32, q_bits: u32, by: Rescaling) -> vec4<f32> {
  if (p_bits != 0u && q_bits != 0u) {
    var pair: Pair;
    if (by.applies) {
      pair = pair_rescaled(p_bits, q_bits, by);
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
      block += outcome(p[p_start + k] & MAGNITUDE, q[q_start + k] & MAGNITUDE, by);
    }
    accumulate(&sum, block, uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

// 2^shift (1 + excess) = mass of q / mass of p. Near equal masses the excess comes from their difference.
fn rescaling_of(sums: vec4<f32>) -> Rescaling {
  let ratio = split(bitcast<u32>((sums.y + sums.z) / sums.y));
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
  return Rescaling(excess, 1.0 / (1.0 + excess), shift, true);
}

// The bits of D(p || q); all lanes of a row return the same.
fn row_divergence(p_start: u32, q_start: u32, local: u32) -> u32 {
  load_constants();
  var sums = sweep(p_start, q_start, local, SAME_MASS);
  if (agreed(masses_matter(sums), local)) {
    sums = sweep(p_start, q_start, local, rescaling_of(sums));
  }
  return select(result_bits(divergence_of(sums)), INFINITY_BITS, sums.w > 0.0);
}
