// Divergence of softmax(p) and softmax(q) from two rows of logits. Sweeps: an overview, the terms, and the terms again
// when what is left of the difference of the masses hides the divergence.
// Twin: src/divergences/alpha-logits.ts
// What turns logits into log-probabilities, up to one constant for both rows: p as logit - maximum_p - exponent log 2,
// q as logit - maximum_p - log_ratio - exponent log 2.
// exchanges: whether p and q have changed places.
struct Normaliser { origin_p: Origin, origin_q: Origin, maximum_p: f32, log_ratio: DoubleSingle, exponent: i32, exchanges: bool, }

// Terms of small divergences may underflow, so these are summed again, times 2^LIFT.
const LIFT: i32 = 64;
const LIFTED_BELOW: f32 = 8.6736174e-19; // 2^-60
const LARGEST_LOG_RATIO: f32 = 194.0; // less than TABLE_REACH log 2

// Of the rows so far: the greatest logits, the masses of exp(logit - greatest), and the greatest differences of logits
// in either direction. The masses need not be exact: what they lack is found by the sweep over the terms.
struct Overview { greatest: vec2<f32>, masses: vec2<f32>, distances: vec2<f32>, }

fn overview(p_start: u32, q_start: u32, local: u32) -> Overview {
  var row = Overview(vec2(LOWEST), vec2(0.0), vec2(0.0));
  var sum = Accumulator();
  for (var k = 4u * lane_of(local); k < outcomes; k += 4u * LANES) {
    let p_bits = logits_of(p_quad(p_start + k), k);
    let q_bits = logits_of(q_quad(q_start + k), k);
    let no_p = p_bits == vec4(ZERO_PROBABILITY);
    let no_q = q_bits == vec4(ZERO_PROBABILITY);
    let all_p = bitcast<vec4<f32>>(select(p_bits, vec4(bitcast<u32>(LOWEST)), no_p));
    let all_q = bitcast<vec4<f32>>(select(q_bits, vec4(bitcast<u32>(LOWEST)), no_q));
    let p = clamp(all_p, vec4(-LARGEST_LOGIT), vec4(LARGEST_LOGIT));
    let q = clamp(all_q, vec4(-LARGEST_LOGIT), vec4(LARGEST_LOGIT));
    let distance = select(q - p, vec4(0.0), no_p | no_q);
    row.distances = max(row.distances, vec2(greatest(distance), greatest(-distance)));
    let top = max(row.greatest, vec2(greatest(all_p), greatest(all_q)));
    let bounded_top = clamp(top, vec2(-LARGEST_LOGIT), vec2(LARGEST_LOGIT));
    if (any(top > row.greatest)) {
      let factors = exponentials(vec4(falls(row.greatest, top), 0.0, 0.0));
      sum = Accumulator(sum.high * factors, sum.low * factors);
      row.greatest = top;
    }
    let masses = vec2(dot(exponentials(p - bounded_top.x), vec4(1.0)), dot(exponentials(q - bounded_top.y), vec4(1.0)));
    accumulate(&sum, vec4(masses, 0.0, 0.0), uniforms.zero);
  }
  let top = max_over_lanes(vec4(row.greatest, row.distances), local);
  let masses = sum_over_lanes(total_of(sum) * exponentials(vec4(falls(row.greatest, top.xy), 0.0, 0.0)), local);
  return Overview(top.xy, masses.xy, top.zw);
}

// x - y for logits x <= y, as far as f32 has it.
fn falls(x: vec2<f32>, y: vec2<f32>) -> vec2<f32> {
  return clamp(x, vec2(-LARGEST_LOGIT), vec2(LARGEST_LOGIT)) - clamp(y, vec2(-LARGEST_LOGIT), vec2(LARGEST_LOGIT));
}

fn greatest(x: vec4<f32>) -> f32 {
  return max(max(x.x, x.y), max(x.z, x.w));
}

// exp(x) for x <= 0, to 2^-21: 2^n times a polynomial in what is left of x / log 2.
fn exponentials(x: vec4<f32>) -> vec4<f32> {
  let y = max(x, vec4(-87.0)) * INVERSE_LOG2;
  let n = round(y);
  let f = y - n;
  var e = fma(f, vec4(0.00133908674), vec4(0.00966637369));
  e = fma(e, f, vec4(0.055503571));
  e = fma(e, f, vec4(0.240223489));
  e = fma(e, f, vec4(0.693147188));
  e = fma(e, f, vec4(1.0));
  let power = bitcast<vec4<f32>>(vec4<u32>(vec4<i32>(n) + 127) << vec4(23u));
  return select(e * power, vec4(0.0), x < vec4(-87.0));
}

// Each mass is at least 1. The exponent brings that of p into [1/2, 1).
fn normaliser_of(row: Overview) -> Normaliser {
  let exchanges = symmetric && (row.greatest.x < row.greatest.y || (row.greatest.x == row.greatest.y && row.masses.x < row.masses.y));
  let greatest = select(row.greatest, row.greatest.yx, exchanges);
  let masses = select(row.masses, row.masses.yx, exchanges);
  let origin_p = origin_of(greatest.x);
  let origin_q = origin_of(greatest.y);
  let maximum_p = greatest.x - origin_p.base;
  let log_masses = DoubleSingle(log_of_bits(bitcast<u32>(masses.y / masses.x)), 0.0);
  let log_ratio = add(two_sum(greatest.y - origin_q.base, -maximum_p, uniforms.zero), log_masses, uniforms.zero);
  return Normaliser(origin_p, origin_q, maximum_p, log_ratio, split(bitcast<u32>(masses.x)).exponent + 1, exchanges);
}

// log p up to by.exponent, log q / p, and which of p and q are zero. The logit of a zero is replaced by the other's.
struct LogPair { scaled_p: Scaled, log_ratio: DoubleSingle, no_p: bool, no_q: bool, }

fn log_pair(of_p: u32, of_q: u32, by: Normaliser) -> LogPair {
  let p_bits = select(of_p, of_q, by.exchanges);
  let q_bits = select(of_q, of_p, by.exchanges);
  let no_p = p_bits == ZERO_PROBABILITY;
  let no_q = q_bits == ZERO_PROBABILITY;
  let of_p_alone = logit(p_bits, by.origin_p);
  let of_q_alone = logit(q_bits, by.origin_q);
  let first = select(of_p_alone, of_q_alone, no_p);
  let second = select(of_q_alone, of_p_alone, no_q);
  let distance = two_sum(second, -first, uniforms.zero);
  let log_ratio = add(distance, negated(by.log_ratio), uniforms.zero);
  let p = exponential_of(two_sum(first, -by.maximum_p, uniforms.zero));
  return LogPair(Scaled(p.mantissa, p.exponent - by.exponent), log_ratio, no_p, no_q);
}

// An outcome of which one of p and q is as good as zero beside the other, each from its own logit: the logarithms of the
// larger one, but for 2^lift, and of its ratio to the other, in units.
struct FarPair { p: Scaled, q: Scaled, rising: bool, log_larger: DoubleSingle, distance: DoubleSingle, lift: i32, }

fn far_pair(of_p: u32, of_q: u32, by: Normaliser) -> FarPair {
  let maximum = -by.maximum_p * PER_UNIT;
  let log_p = two_sum(in_units(select(of_p, of_q, by.exchanges), by.origin_p), maximum, uniforms.zero);
  let unshifted = two_sum(in_units(select(of_q, of_p, by.exchanges), by.origin_q), maximum, uniforms.zero);
  let log_q = add(unshifted, double_in_units(negated(by.log_ratio)), uniforms.zero);
  let p = exponential_of_units(log_p);
  let q = exponential_of_units(log_q);
  let lift = -by.exponent;
  let pair = FarPair(Scaled(p.mantissa, p.exponent + lift), Scaled(q.mantissa, q.exponent + lift), true, log_q, add(log_q, negated(log_p), uniforms.zero), lift);
  if (pair.distance.high > 0.0) {
    return pair;
  }
  return FarPair(pair.p, pair.q, false, log_p, negated(pair.distance), lift);
}

fn larger_of(far: FarPair) -> Scaled {
  return Scaled(select(far.p.mantissa, far.q.mantissa, far.rising), select(far.p.exponent, far.q.exponent, far.rising));
}

// value, mass of p, mass of q minus mass of p, count of infinite terms. As with weights, an outcome that one of the rows
// lacks is evaluated as if both had it, and then replaced by what it costs alone.
fn outcome(p_bits: u32, q_bits: u32, by: Normaliser) -> vec4<f32> {
  let logs = log_pair(p_bits, q_bits, by);
  let pair = pair_of_logs(logs.scaled_p, logs.log_ratio);
  let excess = select(pair.q - pair.p, in_f32(pair.d, pair.exponent), pair.k == 0);
  return select(vec4(divergence_term(pair), pair.p, excess, 0.0), alone(logs.no_p, logs.no_q, pair.p, pair.q), logs.no_p || logs.no_q);
}

// The same where log q / p may lie beyond the table.
fn outcome_anywhere(p_bits: u32, q_bits: u32, by: Normaliser) -> vec4<f32> {
  let logs = log_pair(p_bits, q_bits, by);
  if (abs(logs.log_ratio.high) > LARGEST_LOG_RATIO) {
    return far_outcome(logs, far_pair(p_bits, q_bits, by));
  }
  return outcome(p_bits, q_bits, by);
}

// What an outcome costs that p, q or both lack.
fn alone(no_p: bool, no_q: bool, p: f32, q: f32) -> vec4<f32> {
  let cost = select(term_without_q(p), term_without_p(q), no_p);
  let infinite = cost < 0.0;
  let one = vec4(select(cost, 0.0, infinite), select(p, 0.0, no_p), select(-p, q, no_p), select(0.0, 1.0, infinite));
  return select(one, vec4(0.0), no_p && no_q);
}

// One of p and q is so far below the other that only the logarithm of their ratio matters.
fn far_outcome(logs: LogPair, far: FarPair) -> vec4<f32> {
  let p = scale(far.p.mantissa, far.p.exponent);
  let q = scale(far.q.mantissa, far.q.exponent);
  if (logs.no_p || logs.no_q) {
    return alone(logs.no_p, logs.no_q, p, q);
  }
  if (far.rising) {
    return vec4(far_term(far), 0.0, q, 0.0);
  }
  return vec4(far_term(far), p, -p, 0.0);
}

fn sweep(p_start: u32, q_start: u32, local: u32, by: Normaliser) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = 4u * lane_of(local); k < outcomes; k += 4u * LANES) {
    let p = logits_of(p_quad(p_start + k), k);
    let q = logits_of(q_quad(q_start + k), k);
    let half = outcome(p.x, q.x, by) + outcome(p.y, q.y, by);
    accumulate(&sum, half + (outcome(p.z, q.z, by) + outcome(p.w, q.w, by)), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

fn sweep_anywhere(p_start: u32, q_start: u32, local: u32, by: Normaliser) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < outcomes; k += LANES) {
    accumulate(&sum, outcome_anywhere(p_at(p_start + k), q_at(q_start + k), by), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

// far: whether a ratio of probabilities lies beyond the table, which costs a branch an outcome.
fn sweep_of(p_start: u32, q_start: u32, local: u32, by: Normaliser, far: bool) -> vec4<f32> {
  if (agreed(far, local)) {
    return sweep_anywhere(p_start, q_start, local, by);
  }
  return sweep(p_start, q_start, local, by);
}

fn is_far(row: Overview, by: Normaliser) -> bool {
  let distances = select(row.distances, row.distances.yx, by.exchanges);
  let reaches = distances > vec2(LARGEST_LOG_RATIO) + vec2(by.log_ratio.high, -by.log_ratio.high);
  return any(reaches) || by.origin_p.base != 0.0 || by.origin_q.base != 0.0;
}

// Whether the divergence hides behind the difference of the masses, or below f32.
fn is_hidden(sums: vec4<f32>) -> bool {
  return masses_matter(sums) || sums.x < LIFTED_BELOW;
}

fn corrected(by: Normaliser, sums: vec4<f32>) -> Normaliser {
  let log_ratio = add(by.log_ratio, DoubleSingle(log1p_accurate(sums.z / sums.y), 0.0), uniforms.zero);
  let exponent = by.exponent - select(0, LIFT, sums.x < LIFTED_BELOW);
  return Normaliser(by.origin_p, by.origin_q, by.maximum_p, log_ratio, exponent, by.exchanges);
}

// The bits of D(softmax p || softmax q); all lanes of a row return the same.
fn row_divergence(p_start: u32, q_start: u32, local: u32) -> u32 {
  load_constants();
  let row = overview(p_start, q_start, local);
  var by = normaliser_of(row);
  var sums = vec4(0.0);
  for (var again = 0u; again < 2u; again++) {
    sums = sweep_of(p_start, q_start, local, by, is_far(row, by));
    if (!agreed(is_hidden(sums), local)) {
      break;
    }
    by = corrected(by, sums);
  }
  return bits_of_divergence(sums);
}

fn bits_of_divergence(sums: vec4<f32>) -> u32 {
  let overflows = (bitcast<u32>(sums.x) & INFINITY_BITS) == INFINITY_BITS;
  return select(result_bits(divergence_of(sums)), INFINITY_BITS, overflows || sums.w > 0.0);
}
