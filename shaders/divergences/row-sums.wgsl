// Divergence of two rows of nonnegative numbers: one sweep over the row, and others only when the masses differ so
// much that they hide the divergence. A joined piece supplies the term; another lays rows over invocations.
// Twin: src/divergences/row-divergence.ts
const MAGNITUDE: u32 = 0x7fffffffu; // minus zero is zero

// Outcomes of the row, or of the part of it, that is gone through.
var<private> outcomes: u32;

// Whether D(p || q) = D(q || p): then both are evaluated by the same arithmetic, to be the same to the last bit.
var<private> symmetric: bool;

// Four outcomes from the k-th on; what is beyond the row has no mass.
fn magnitudes(bits: vec4<u32>, k: u32) -> vec4<u32> {
  return select(vec4(0u), bits & vec4(MAGNITUDE), k + vec4(0u, 1u, 2u, 3u) < vec4(outcomes));
}

// value, mass of p, mass of q minus mass of p, count of infinite terms; a symmetric divergence, which has none of those,
// sums the mass of q instead. An outcome that one of the rows lacks is
// evaluated as a pair of equals, which costs nothing, and then replaced by what it costs alone: that needs no branch.
fn outcome(p_bits: u32, q_bits: u32, by: Rescaling) -> vec4<f32> {
  let no_p = p_bits == 0u;
  let no_q = q_bits == 0u;
  let first = select(p_bits, q_bits, no_p);
  let second = select(q_bits, p_bits, no_q);
  if (by.applies) {
    let pair = pair_rescaled(first, second, by, uniforms.zero);
    let both = vec4(divergence_term(pair), pair.p, difference_of(pair), select(0.0, pair.q, symmetric));
    return select(both, alone(p_bits, rescaled_mass(q_bits, by), no_q), no_p || no_q);
  }
  let pair = pair_of(select(first, min(first, second), symmetric), select(second, max(first, second), symmetric));
  let one = bitcast<f32>(first);
  let other = bitcast<f32>(second);
  let both = vec4(divergence_term(pair), one, other - one, select(0.0, other, symmetric));
  return select(both, alone(p_bits, bitcast<f32>(q_bits), no_q), no_p || no_q);
}

// What an outcome costs that p, q or both lack.
fn alone(p_bits: u32, q: f32, no_q: bool) -> vec4<f32> {
  let p = bitcast<f32>(p_bits);
  let no_p = p_bits == 0u;
  let cost = select(select(term_without_q(p), term_without_p(q), no_p), 0.0, no_p && no_q);
  let infinite = cost < 0.0;
  return vec4(select(cost, 0.0, infinite), p, q - p, select(select(0.0, 1.0, infinite), q, symmetric));
}

fn rescaled_mass(q_bits: u32, by: Rescaling) -> f32 {
  let q = split(q_bits);
  return scale(q.mantissa * by.inverse, q.exponent - by.shift);
}

fn sweep(p_start: u32, q_start: u32, local: u32, by: Rescaling) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = 4u * lane_of(local); k < outcomes; k += 4u * LANES) {
    let of_p = magnitudes(p_quad(p_start + k), k);
    let of_q = magnitudes(q_quad(q_start + k), k);
    let p = select(of_p, of_q, by.exchanges);
    let q = select(of_q, of_p, by.exchanges);
    let half = outcome(p.x, q.x, by) + outcome(p.y, q.y, by);
    accumulate(&sum, half + (outcome(p.z, q.z, by) + outcome(p.w, q.w, by)), uniforms.zero);
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

fn masses_of(p_start: u32, q_start: u32, local: u32) -> vec2<f32> {
  var sum = Accumulator();
  for (var k = 4u * lane_of(local); k < outcomes; k += 4u * LANES) {
    let p = bitcast<vec4<f32>>(magnitudes(p_quad(p_start + k), k));
    let q = bitcast<vec4<f32>>(magnitudes(q_quad(q_start + k), k));
    accumulate(&sum, vec4(p.xy + p.zw, q.xy + q.zw), uniforms.zero);
  }
  let total = sum_over_lanes(total_of(sum), local);
  return vec2(total.x + total.y, total.z + total.w);
}

// 2^shift (1 + excess) = mass of q / mass of p, or the inverse if they are exchanged. Near equal masses the excess comes
// from their difference, which holds nothing of the mass of q when that is far smaller.
fn rescaling_of(sums: vec4<f32>, masses: vec2<f32>) -> Rescaling {
  let exchanges = symmetric && sums.z < 0.0;
  let mass = select(masses, masses.yx, exchanges);
  let ratio = ratio_of(mass.y, mass.x);
  let step = select(0, 1, ratio.mantissa > 1.41421354);
  let shift = ratio.exponent + step;
  var excess = ratio.mantissa * power_of_two(-step) - 1.0;
  if (shift == 0 && abs(sums.z) < 0.25 * mass.x) {
    excess = select(sums.z, -sums.z, exchanges) / mass.x;
  }
  return Rescaling(Double(excess, 0.0), 1.0 / (1.0 + excess), shift, true, exchanges);
}

// What the rounding of the masses left out: 1 + excess times 1 + difference of the masses.
fn refined(by: Rescaling, sums: vec4<f32>) -> Rescaling {
  let rest = sums.z / sums.y;
  let excess = add(by.excess, Double(rest, by.excess.high * rest), uniforms.zero);
  return Rescaling(excess, 1.0 / (1.0 + excess.high), by.shift, true, by.exchanges);
}

// The bits of D(p || q); all lanes of a row return the same.
fn row_divergence(p_start: u32, q_start: u32, local: u32) -> u32 {
  load_constants();
  var sums = sweep(p_start, q_start, local, SAME_MASS);
  if (agreed(masses_matter(sums), local)) {
    let by = rescaling_of(sums, masses_of(p_start, q_start, local));
    sums = sweep(p_start, q_start, local, by);
    if (agreed(masses_matter(sums), local)) {
      sums = sweep(p_start, q_start, local, refined(by, sums));
    }
  }
  return bits_of_divergence(sums);
}

fn bits_of_divergence(sums: vec4<f32>) -> u32 {
  let exchanged = vec4(sums.x, sums.w, -sums.z, sums.y);
  // A compensated sum that overflows is NaN, which max() and comparisons may hide.
  let overflown = (bitcast<u32>(sums.x) & INFINITY_BITS) == INFINITY_BITS;
  return select(result_bits(divergence_of(select(sums, exchanged, symmetric && sums.z < 0.0))), INFINITY_BITS, overflown || (sums.w > 0.0 && !symmetric));
}
