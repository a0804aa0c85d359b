// KL(p || q) of rows of which each is given by weights or by logits over a temperature: as with logits, but with logarithms of
// 48 bits. Two sweeps for the greatest and the masses, one over the terms, and another where the masses hide the divergence.
// Twin: src/math/kl-of-logarithms.ts
const LOWEST_LOG: f32 = -3.4028234663852886e38;
const MINUS_INFINITY: u32 = 0xff800000u;
const FAR: f32 = 80.0; // nats, beyond which the smaller of p and q is nothing beside the larger

fn is_nothing(bits: u32, logits: u32) -> bool {
  return select((bits & 0x7fffffffu) == 0u, bits == MINUS_INFINITY, logits != 0u);
}

// Weights are counted from the power of two of the greatest, so that their logarithms are as small as can be.
var<private> p_shift: i32;
var<private> q_shift: i32;

// log p up to a constant of the row.
fn logarithm(bits: u32, logits: u32, shift: i32) -> DoubleSingle {
  if (logits == 0u) {
    return log_double(bits & 0x7fffffffu, shift, uniforms.zero);
  }
  let limit = select(-LOWEST_LOG, 3.4e38 / uniforms.inverse_high, uniforms.inverse_high > 1.0);
  let z = clamp(bitcast<f32>(bits), -limit, limit);
  let product = two_product(z, uniforms.inverse_high, uniforms.zero);
  return two_sum(product.high, fma(z, uniforms.inverse_low, product.low), uniforms.zero);
}

fn log_of_p(bits: u32) -> DoubleSingle {
  return logarithm(bits, uniforms.p_logits, p_shift);
}

fn log_of_q(bits: u32) -> DoubleSingle {
  return logarithm(bits, uniforms.q_logits, q_shift);
}

fn difference_of_logs(x: DoubleSingle, y: DoubleSingle) -> DoubleSingle {
  return add(x, negated(y), uniforms.zero);
}

fn entry_of(bits: u32, logits: u32) -> f32 {
  return select(bitcast<f32>(select(bits & 0x7fffffffu, bits, logits != 0u)), LOWEST_LOG, is_nothing(bits, logits));
}

fn shift_of(greatest: f32, logits: u32) -> i32 {
  return select(split(bitcast<u32>(max(greatest, 1.0e-37))).exponent, 0, logits != 0u);
}

// The greatest logarithms; all lanes of a row return the same.
fn greatest_of(p_start: u32, q_start: u32, local: u32) -> vec2<f32> {
  var most = vec4(LOWEST_LOG);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    most = max(most, vec4(entry_of(p[p_start + k], uniforms.p_logits), entry_of(q[q_start + k], uniforms.q_logits), LOWEST_LOG, LOWEST_LOG));
  }
  most = max_over_lanes(most, local);
  p_shift = shift_of(most.x, uniforms.p_logits);
  q_shift = shift_of(most.y, uniforms.q_logits);
  return vec2(log_of_p(bitcast<u32>(most.x)).high, log_of_q(bitcast<u32>(most.y)).high);
}

fn masses_of(p_start: u32, q_start: u32, local: u32, greatest: vec2<f32>) -> vec2<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    var masses = vec4(0.0);
    if (!is_nothing(p[p_start + k], uniforms.p_logits)) {
      masses.x = exp_accurate(log_of_p(p[p_start + k]).high - greatest.x);
    }
    if (!is_nothing(q[q_start + k], uniforms.q_logits)) {
      masses.y = exp_accurate(log_of_q(q[q_start + k]).high - greatest.y);
    }
    accumulate(&sum, masses, uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local).xy;
}

// exp(x) over 2^lift, which is at least the mass of p: then no sum is larger than its mean.
fn mass_at(x: DoubleSingle, lift: i32) -> Scaled {
  let e = exponential_of(x);
  return Scaled(e.mantissa, e.exponent - lift);
}

// value, mass of p, mass of q minus mass of p, count of infinite terms
fn outcome_of(p_bits: u32, q_bits: u32, greatest: f32, log_ratio: DoubleSingle, lift: i32) -> vec4<f32> {
  let no_p = is_nothing(p_bits, uniforms.p_logits);
  let no_q = is_nothing(q_bits, uniforms.q_logits);
  if (no_p && no_q) {
    return vec4(0.0);
  }
  var log_p = DoubleSingle(LOWEST_LOG, 0.0);
  var log_q = DoubleSingle(LOWEST_LOG, 0.0);
  if (!no_p) {
    log_p = difference_of_logs(log_of_p(p_bits), DoubleSingle(greatest, 0.0));
  }
  if (!no_q) {
    log_q = difference_of_logs(log_of_q(q_bits), add(log_ratio, DoubleSingle(greatest, 0.0), uniforms.zero));
  }
  let x = difference_of_logs(log_q, log_p);
  if (no_p || x.high > FAR) {
    let of_q = mass_at(log_q, lift);
    let mass = scale(of_q.mantissa, of_q.exponent);
    return vec4(mass, 0.0, mass, 0.0);
  }
  if (no_q || x.high < -FAR) {
    let of_p = mass_at(log_p, lift);
    let mass = scale(of_p.mantissa, of_p.exponent);
    let z = bitcast<f32>(q_bits); // which may lie beyond f32 once it is divided by the temperature
    let beyond = uniforms.q_logits != 0u && uniforms.inverse_high > 1.0 && z < -3.4e38 / uniforms.inverse_high;
    let cost = select(mass * (-x.high - 1.0), (mass * -z) * uniforms.inverse_high, beyond);
    return vec4(select(cost, 0.0, no_q || mass == 0.0), mass, -mass, select(0.0, 1.0, no_q));
  }
  let pair = pair_of_logs(mass_at(log_p, lift), x);
  return vec4(divergence_term(pair), pair.p, select(pair.q - pair.p, in_f32(pair.d, pair.exponent), pair.k == 0), 0.0);
}

fn sums_of(p_start: u32, q_start: u32, local: u32, greatest: f32, log_ratio: DoubleSingle, lift: i32) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, outcome_of(p[p_start + k], q[q_start + k], greatest, log_ratio, lift), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

fn compute_item(row: u32, local: u32) {
  let p_start = p_row(row);
  let q_start = q_row(row);
  let greatest = greatest_of(p_start, q_start, local);
  let masses = masses_of(p_start, q_start, local, greatest);
  let lift = split(bitcast<u32>(masses.x)).exponent + 1;
  let log_masses = log_of_bits(bitcast<u32>(masses.y / masses.x));
  var log_ratio = add(two_sum(greatest.y, -greatest.x, uniforms.zero), DoubleSingle(log_masses, 0.0), uniforms.zero);
  var sums = sums_of(p_start, q_start, local, greatest.x, log_ratio, lift);
  if (agreed(masses_matter(sums), local)) {
    log_ratio = add(log_ratio, DoubleSingle(log1p_accurate(sums.z / sums.y), 0.0), uniforms.zero);
    sums = sums_of(p_start, q_start, local, greatest.x, log_ratio, lift);
  }
  if (lane_of(local) == 0u) {
    let overflown = (bitcast<u32>(sums.x) & INFINITY_BITS) == INFINITY_BITS;
    divergences[row] = select(result_bits(alpha_divergence_of(sums)), INFINITY_BITS, overflown || sums.w > 0.0);
  }
}
