// What gives two rows one mass. It is counted from an outcome at which both are large: there they are made equal, exactly, and
// the masses follow from the differences that are left, so that these keep their digits however small they are.
// Twin: src/math/normalised-pair.ts
const MAGNITUDE: u32 = 0x7fffffffu; // minus zero is zero
const UNCERTAIN: f32 = 3.8e-6; // 2^-18: a rest of the ratio of masses that may be the rounding of their sums

// The masses of p and q, and the bits of both at the outcome where their product is largest: 0 if no outcome has both.
struct MassFrame { mass_p: f32, mass_q: f32, p: u32, q: u32, }

// Grows with p q, and is the same for q and p; 0 where one of them is zero.
fn keys_of(p: vec4<u32>, q: vec4<u32>) -> vec4<f32> {
  return select(vec4(0.0), vec4<f32>(p + q), (p != vec4(0u)) & (q != vec4(0u)));
}

fn mass_frame(p_start: u32, q_start: u32, length: u32, local: u32) -> MassFrame {
  var sum = Accumulator();
  var best = vec2(0.0); // the key, and the distance from the end to the first outcome that has it: exact up to 2^24 outcomes
  for (var k = 4u * lane_of(local); k < length; k += 4u * LANES) {
    let within = k + vec4(0u, 1u, 2u, 3u) < vec4(length);
    let p = select(vec4(0u), p_quad(p_start + k) & vec4(MAGNITUDE), within);
    let q = select(vec4(0u), q_quad(q_start + k) & vec4(MAGNITUDE), within);
    accumulate(&sum, vec4(bitcast<vec2<f32>>(p.xy) + bitcast<vec2<f32>>(p.zw), bitcast<vec2<f32>>(q.xy) + bitcast<vec2<f32>>(q.zw)), uniforms.zero);
    let keys = keys_of(p, q);
    let most = max(max(keys.x, keys.y), max(keys.z, keys.w));
    if (most > best.x) {
      let place = select(select(select(3u, 2u, keys.z == most), 1u, keys.y == most), 0u, keys.x == most);
      best = vec2(most, f32(length - k - place));
    }
  }
  let masses = sum_over_lanes(total_of(sum), local);
  let greatest = max_over_lanes(vec4(best.x), local).x;
  let distance = max_over_lanes(vec4(select(0.0, best.y, best.x == greatest)), local).x;
  if (greatest == 0.0) {
    return MassFrame(masses.x + masses.y, masses.z + masses.w, 0u, 0u);
  }
  let k = length - u32(distance);
  return MassFrame(masses.x + masses.y, masses.z + masses.w, p_at(p_start + k) & MAGNITUDE, q_at(q_start + k) & MAGNITUDE);
}

fn exchanged(frame: MassFrame) -> MassFrame {
  return MassFrame(frame.mass_q, frame.mass_p, frame.q, frame.p);
}

fn quotient_of(x: Scaled, y: Scaled) -> Scaled {
  let ratio = split(bitcast<u32>(x.mantissa / y.mantissa));
  return Scaled(ratio.mantissa, ratio.exponent + x.exponent - y.exponent);
}

// The rescaling of the rows to a mass of about 1, as right as the masses of the frame.
fn equal_masses(frame: MassFrame) -> Rescaling {
  let exists = frame.p != 0u;
  let p = split(select(0x3f800000u, frame.p, exists));
  let q = split(select(0x3f800000u, frame.q, exists));
  let mass_p = split(bitcast<u32>(frame.mass_p));
  let rest = quotient_of(quotient_of(split(bitcast<u32>(frame.mass_q)), mass_p), quotient_of(q, p));
  let step = select(0, 1, rest.mantissa > 1.41421354);
  var excess = rest.mantissa * power_of_two(-step) - 1.0;
  if (rest.exponent + step == 0 && abs(excess) < UNCERTAIN) {
    excess = 0.0;
  }
  let of_p = add(DoubleSingle(q.mantissa, 0.0), two_product(q.mantissa, excess, uniforms.zero), uniforms.zero);
  let shift = -1 - mass_p.exponent;
  let alike = p.mantissa == q.mantissa && excess == 0.0 && q.exponent - p.exponent + rest.exponent + step == 0;
  return Rescaling(of_p, p.mantissa, shift, shift - (q.exponent - p.exponent + rest.exponent + step), 0, true, alike, false);
}

// The rescaling with what its sums show to be left: mass of p, and mass of q minus mass of p.
fn refined(by: Rescaling, mass: f32, difference: f32) -> Rescaling {
  let rest = difference / mass;
  let product = two_product(by.of_p.high, rest, uniforms.zero);
  let of_p = add(by.of_p, DoubleSingle(product.high, fma(by.of_p.low, rest, product.low)), uniforms.zero);
  return Rescaling(of_p, by.of_q, by.shift_p, by.shift_q, by.lift, true, by.alike && rest == 0.0, by.exchanges);
}

// Both rows times 2^n.
fn lifted(by: Rescaling, n: i32) -> Rescaling {
  return Rescaling(by.of_p, by.of_q, by.shift_p + n, by.shift_q + n, n, true, by.alike, by.exchanges);
}

// One outcome of which neither p nor q is zero.
fn pair_by(p_bits: u32, q_bits: u32, by: Rescaling) -> Pair {
  if (by.applies) {
    return pair_rescaled(p_bits, q_bits, by, uniforms.zero);
  }
  return pair_of(p_bits, q_bits);
}

// p, q - p, q, and 1 where only one of them is zero
fn masses_by(p_bits: u32, q_bits: u32, by: Rescaling) -> vec4<f32> {
  if (p_bits == 0u && q_bits == 0u) {
    return vec4(0.0);
  }
  let pair = pair_by(select(p_bits, q_bits, p_bits == 0u), select(q_bits, p_bits, q_bits == 0u), by);
  if (p_bits == 0u) {
    return vec4(0.0, pair.q, pair.q, 1.0);
  }
  if (q_bits == 0u) {
    return vec4(pair.p, -pair.p, 0.0, 1.0);
  }
  return vec4(pair.p, difference_of(pair), pair.q, 0.0);
}

fn mass_sums(p_start: u32, q_start: u32, local: u32, by: Rescaling) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, masses_by(p_at(p_start + k) & MAGNITUDE, q_at(q_start + k) & MAGNITUDE, by), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}
