// Divergence of softmax(p) and softmax(q) from two rows of logits. Sweeps: an overview, the terms, and the terms again
// when what is left of the difference of the masses hides the divergence.
// Twin: src/divergences/alpha-logits.ts
// What turns logits into log-probabilities, up to one constant for both rows: p as logit - maximum_p - exponent log 2,
// q as logit - maximum_p - log_ratio - exponent log 2.
// exchanges: whether p and q have changed places.
struct Normaliser { maximum_p: f32, log_ratio: Double, exponent: i32, exchanges: bool, }

// Terms of small divergences may underflow, so these are summed again, times 2^LIFT.
const LIFT: i32 = 64;
const LIFTED_BELOW: f32 = 8.6736174e-19; // 2^-60
const LARGEST_LOG_RATIO: f32 = 194.0; // less than TABLE_REACH log 2

// Of the rows so far: the greatest logits, the masses of exp(logit - greatest), and the greatest differences of logits
// in either direction. The masses need not be exact: what they lack is found by the sweep over the terms.
struct Overview { greatest: vec2<f32>, masses: vec2<f32>, distances: vec2<f32>, }

fn overview(p_start: u32, q_start: u32, local: u32) -> Overview {
  var row = Overview(vec2(-LARGEST_LOGIT), vec2(0.0), vec2(0.0));
  var sum = Accumulator();
  for (var k = 4u * lane_of(local); k < outcomes; k += 4u * LANES) {
    let p = finite_logits(logits_of(p_quad(p_start + k), k));
    let q = finite_logits(logits_of(q_quad(q_start + k), k));
    let both = (p > vec4(-LARGEST_LOGIT)) & (q > vec4(-LARGEST_LOGIT));
    let distance = select(vec4(0.0), q - p, both);
    row.distances = max(row.distances, vec2(greatest(distance), greatest(-distance)));
    let top = max(row.greatest, vec2(greatest(p), greatest(q)));
    if (any(top > row.greatest)) {
      let factors = exponentials(vec4(row.greatest - top, 0.0, 0.0));
      sum = Accumulator(sum.high * factors, sum.low * factors);
      row.greatest = top;
    }
    accumulate(&sum, vec4(dot(exponentials(p - top.x), vec4(1.0)), dot(exponentials(q - top.y), vec4(1.0)), 0.0, 0.0), uniforms.zero);
  }
  let top = max_over_lanes(vec4(row.greatest, row.distances), local);
  let masses = sum_over_lanes(total_of(sum) * exponentials(vec4(row.greatest - top.xy, 0.0, 0.0)), local);
  return Overview(top.xy, masses.xy, top.zw);
}

fn finite_logits(bits: vec4<u32>) -> vec4<f32> {
  let x = bitcast<vec4<f32>>(select(bits, vec4(bitcast<u32>(-LARGEST_LOGIT)), bits == vec4(ZERO_PROBABILITY)));
  return clamp(x, vec4(-LARGEST_LOGIT), vec4(LARGEST_LOGIT));
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
  let log_masses = Double(log_of_bits(bitcast<u32>(masses.y / masses.x)), 0.0);
  let log_ratio = add(two_sum(greatest.y, -greatest.x, uniforms.zero), log_masses, uniforms.zero);
  return Normaliser(greatest.x, log_ratio, split(bitcast<u32>(masses.x)).exponent + 1, exchanges);
}

// log p up to by.exponent, log q / p, the logit of q, and which of p and q are zero. The logit of a zero is replaced by the other's.
struct LogPair { scaled_p: Scaled, log_ratio: Double, q: f32, no_p: bool, no_q: bool, }

fn log_pair(of_p: u32, of_q: u32, by: Normaliser) -> LogPair {
  let p_bits = select(of_p, of_q, by.exchanges);
  let q_bits = select(of_q, of_p, by.exchanges);
  let no_p = p_bits == ZERO_PROBABILITY;
  let no_q = q_bits == ZERO_PROBABILITY;
  let first = logit(select(p_bits, q_bits, no_p));
  let second = logit(select(q_bits, p_bits, no_q));
  let distance = two_sum(second, -first, uniforms.zero);
  let log_ratio = add(distance, negated(by.log_ratio), uniforms.zero);
  let p = exponential_of(two_sum(first, -by.maximum_p, uniforms.zero));
  return LogPair(Scaled(p.mantissa, p.exponent - by.exponent), log_ratio, second, no_p, no_q);
}

// q from its own logit: where p is as good as zero, q / p is beyond all exponents.
fn scaled_q(logs: LogPair, by: Normaliser) -> Scaled {
  let q = exponential_of(add(two_sum(logs.q, -by.maximum_p, uniforms.zero), negated(by.log_ratio), uniforms.zero));
  return Scaled(q.mantissa, q.exponent - by.exponent);
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
    return far_outcome(logs, scaled_q(logs, by));
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
fn far_outcome(logs: LogPair, of_q: Scaled) -> vec4<f32> {
  let of_p = logs.scaled_p;
  let log_ratio = logs.log_ratio;
  let p = scale(of_p.mantissa, of_p.exponent);
  let q = scale(of_q.mantissa, of_q.exponent);
  if (logs.no_p || logs.no_q) {
    return alone(logs.no_p, logs.no_q, p, q);
  }
  if (log_ratio.high > 0.0) {
    return vec4(far_term(of_q, log_ratio), 0.0, q, 0.0);
  }
  return vec4(far_term(of_p, log_ratio), p, -p, 0.0);
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
  return any(distances + vec2(-by.log_ratio.high, by.log_ratio.high) > vec2(LARGEST_LOG_RATIO));
}

// Whether the divergence hides behind the difference of the masses, or below f32.
fn is_hidden(sums: vec4<f32>) -> bool {
  return masses_matter(sums) || sums.x < LIFTED_BELOW;
}

fn corrected(by: Normaliser, sums: vec4<f32>) -> Normaliser {
  let log_ratio = add(by.log_ratio, Double(log1p_accurate(sums.z / sums.y), 0.0), uniforms.zero);
  return Normaliser(by.maximum_p, log_ratio, by.exponent - select(0, LIFT, sums.x < LIFTED_BELOW), by.exchanges);
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
