// The gradient of the Jensen-Shannon divergence in the logits of one of its rows, the own one, of weight w in the mixture:
// w own_j (l_j - sum own l), l = log(own/m), counted from the mode r of the own row, so that peaked rows keep their digits.
// p is the own row, q the other. With c = log(v other/(w own)): l_j - l_r = log(1 + e^c_r) - log(1 + e^c_j) = -log(1 + theta (e^(c_j - c_r) - 1)).
// Twin: src/math/mixture-gradient.ts
const MINUS_INFINITY: u32 = 0xff800000u;
const FARTHEST: f32 = 8.5e37; // so that differences of differences stay finite

// odds: c_r. shift: what turns a distance of logits into c. theta: e^c_r/(1 + e^c_r).
struct Frame { own_greatest: f32, own_mass: f32, gap: DoubleSingle, shift: DoubleSingle, odds: f32, theta: f32, }

fn number(bits: u32) -> f32 {
  return clamp(bitcast<f32>(select(bits, bitcast<u32>(-FARTHEST), bits == MINUS_INFINITY)), -FARTHEST, FARTHEST);
}

// The distance of the logits of an outcome, which both rows have.
fn gap_of(own: u32, other: u32) -> DoubleSingle {
  return two_sum(number(other), -number(own), uniforms.zero);
}

// log(1 + e^x)
fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log1p_accurate(exp_accurate(-abs(x)));
}

fn frame_of(own: u32, other: u32, local: u32) -> Frame {
  var greatest = vec4(-FARTHEST);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    greatest = max(greatest, vec4(number(p[own + k]), number(q[other + k]), -FARTHEST, -FARTHEST));
  }
  greatest = max_over_lanes(greatest, local);
  var sum = Accumulator();
  var mode = NO_KEY;
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let masses = vec4(exp_accurate(number(p[own + k]) - greatest.x), exp_accurate(number(q[other + k]) - greatest.y), 0.0, 0.0);
    accumulate(&sum, masses, uniforms.zero);
    let is_mode = number(p[own + k]) == greatest.x && p[own + k] != MINUS_INFINITY;
    mode = earlier(mode, select(NO_KEY, vec2(0u, k), is_mode));
  }
  let masses = sum_over_lanes(total_of(sum), local).xy;
  let r = first_over_lanes(mode, local).y;
  let gap = gap_of(p[own + r], q[other + r]);
  let log_masses = two_sum(log_of_bits(bitcast<u32>(masses.x)), -log_of_bits(bitcast<u32>(masses.y)), uniforms.zero);
  let masses_and_weights = add(log_masses, DoubleSingle(uniforms.log_odds, 0.0), uniforms.zero);
  let shift = add(two_sum(greatest.x, -greatest.y, uniforms.zero), masses_and_weights, uniforms.zero);
  let odds = add(gap, shift, uniforms.zero).high;
  return Frame(greatest.x, masses.x, gap, shift, odds, exp_accurate(-softplus(-odds)));
}

// l_j - l_r, where the own row has mass.
fn slope_at(own: u32, other: u32, frame: Frame) -> f32 {
  if (other == MINUS_INFINITY) {
    return softplus(frame.odds);
  }
  let gap = gap_of(own, other);
  let y = add(gap, negated(frame.gap), uniforms.zero).high;
  if (abs(y) < 0.5) {
    return -log1p_accurate(frame.theta * expm1_accurate(y));
  }
  let odds = add(gap, frame.shift, uniforms.zero).high;
  if (odds > 0.0 && frame.odds > 0.0) {
    return (softplus(-frame.odds) - softplus(-odds)) - y;
  }
  return softplus(frame.odds) - softplus(odds);
}

fn mass_of(own: u32, frame: Frame) -> f32 {
  let e = exponential_of(two_sum(number(own), -frame.own_greatest, uniforms.zero));
  return select(scale(e.mantissa, e.exponent) / frame.own_mass, 0.0, own == MINUS_INFINITY);
}

fn compute_item(row: u32, local: u32) {
  let own = p_row(row);
  let other = q_row(row);
  let frame = frame_of(own, other, local);
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let mass = mass_of(p[own + k], frame);
    accumulate(&sum, vec4(select(mass * slope_at(p[own + k], q[other + k], frame), 0.0, mass == 0.0), 0.0, 0.0, 0.0), uniforms.zero);
  }
  let mean = sum_over_lanes(total_of(sum), local).x;
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let mass = mass_of(p[own + k], frame);
    let slope = slope_at(p[own + k], q[other + k], frame) - mean;
    gradient[row * uniforms.outcomes + k] = select(uniforms.share * mass * slope, 0.0, mass == 0.0);
  }
}
