// Divergence of softmax(p) and softmax(q) from two rows of logits. Sweeps: maxima, masses, terms; and the terms again
// when what is left of the difference of the masses hides the divergence.
// Twin: src/divergences/alpha-logits.ts
// What turns logits into log-probabilities, up to one constant for both rows: p as logit - maximum_p - exponent log 2,
// q as logit - maximum_q - log_ratio - exponent log 2.
struct Normaliser { maximum_p: f32, maximum_q: f32, log_ratio: Double, exponent: i32, }

// Terms of small divergences may underflow, so these are summed again, times 2^LIFT.
const LIFT: i32 = 64;
const LIFTED_BELOW: f32 = 8.6736174e-19; // 2^-60

fn maxima(p_start: u32, q_start: u32, local: u32) -> vec4<f32> {
  var maximum = vec4(-LARGEST_LOGIT);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    maximum = max(maximum, vec4(logit(p_at(p_start + k)), logit(q_at(q_start + k)), -LARGEST_LOGIT, -LARGEST_LOGIT));
  }
  return max_over_lanes(maximum, local);
}

fn masses(p_start: u32, q_start: u32, local: u32, maximum: vec4<f32>) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let of_p = exp_accurate(logit(p_at(p_start + k)) - maximum.x);
    let of_q = exp_accurate(logit(q_at(q_start + k)) - maximum.y);
    accumulate(&sum, vec4(of_p, of_q, 0.0, 0.0), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

// Each sum is at least 1. The exponent brings the mass of p into [1/2, 1).
fn normaliser_of(maximum: vec4<f32>, sums: vec4<f32>) -> Normaliser {
  let log_ratio = log_of_bits(bitcast<u32>(sums.y / sums.x));
  return Normaliser(maximum.x, maximum.y, Double(log_ratio, 0.0), split(bitcast<u32>(sums.x)).exponent + 1);
}

fn scaled_probability(log_probability: Double, by: Normaliser) -> Scaled {
  let x = exponential_of(log_probability);
  return Scaled(x.mantissa, x.exponent - by.exponent);
}

fn without_overflow(value: f32, mass: f32, excess: f32) -> vec4<f32> {
  let overflows = (bitcast<u32>(value) & INFINITY_BITS) == INFINITY_BITS;
  return vec4(select(value, 0.0, overflows), mass, excess, select(0.0, 1.0, overflows));
}

// value, mass of p, mass of q minus mass of p, count of infinite terms
fn outcome(p_bits: u32, q_bits: u32, by: Normaliser) -> vec4<f32> {
  let no_p = p_bits == ZERO_PROBABILITY;
  let no_q = q_bits == ZERO_PROBABILITY;
  if (no_p && no_q) {
    return vec4(0.0);
  }
  let log_p = difference(Double(logit(p_bits), 0.0), Double(by.maximum_p, 0.0));
  let log_q = difference(Double(logit(q_bits), 0.0), Double(by.maximum_q, 0.0));
  let log_ratio = difference(difference(log_q, log_p), by.log_ratio);
  let k = binades_of(log_ratio);
  if (no_p || (!no_q && k > TABLE_REACH)) {
    return q_alone(scaled_probability(difference(log_q, by.log_ratio), by), log_ratio, no_p);
  }
  let scaled_p = scaled_probability(log_p, by);
  if (no_q || k < -TABLE_REACH) {
    return p_alone(scaled_p, log_ratio, no_q);
  }
  let pair = pair_of_logs(scaled_p, log_ratio, k);
  return without_overflow(divergence_term(pair), pair.p, difference_of(pair));
}

// p is zero, or so far below q that only the logarithm of their ratio matters.
fn q_alone(scaled_q: Scaled, log_ratio: Double, no_p: bool) -> vec4<f32> {
  let mass = scale(scaled_q.mantissa, scaled_q.exponent);
  if (no_p) {
    let cost = term_without_p(mass);
    return vec4(max(cost, 0.0), 0.0, mass, select(0.0, 1.0, cost < 0.0));
  }
  return without_overflow(far_term(scaled_q, log_ratio), 0.0, mass);
}

fn p_alone(scaled_p: Scaled, log_ratio: Double, no_q: bool) -> vec4<f32> {
  let mass = scale(scaled_p.mantissa, scaled_p.exponent);
  if (no_q) {
    let cost = term_without_q(mass);
    return vec4(max(cost, 0.0), mass, -mass, select(0.0, 1.0, cost < 0.0));
  }
  return without_overflow(far_term(scaled_p, log_ratio), mass, -mass);
}

fn sweep(p_start: u32, q_start: u32, local: u32, by: Normaliser) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, outcome(p_at(p_start + k), q_at(q_start + k), by), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

// The bits of D(softmax p || softmax q); all lanes of a row return the same.
fn row_divergence(p_start: u32, q_start: u32, local: u32) -> u32 {
  load_constants();
  let maximum = maxima(p_start, q_start, local);
  var by = normaliser_of(maximum, masses(p_start, q_start, local, maximum));
  var sums = sweep(p_start, q_start, local, by);
  if (agreed(masses_matter(sums) || sums.x < LIFTED_BELOW, local)) {
    by.log_ratio = add(by.log_ratio, Double(log1p_accurate(sums.z / sums.y), 0.0), uniforms.zero);
    by.exponent -= select(0, LIFT, sums.x < LIFTED_BELOW);
    sums = sweep(p_start, q_start, local, by);
  }
  let overflows = (bitcast<u32>(sums.x) & INFINITY_BITS) == INFINITY_BITS;
  return select(result_bits(divergence_of(sums)), INFINITY_BITS, overflows || sums.w > 0.0);
}
