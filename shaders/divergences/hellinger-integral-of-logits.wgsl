// An entry of a row of logits, as the Hellinger integral takes it: from its exact difference to the largest of its row.
// Twin: src/divergences/hellinger-integral.ts
const LOGIT_OF_NOTHING: u32 = 0xff800000u;
const LOWEST: f32 = -3.4028234663852886e38;
const UNIT_EXPONENT: i32 = 6; // logarithms are in units of 64 nats, so that differences, times exponents up to 8, stay finite
const UNIT: f32 = 64.0;
const PER_UNIT: f32 = 0.015625;

fn is_nothing(bits: u32) -> bool {
  return bits == LOGIT_OF_NOTHING;
}

fn logit_in_units(bits: u32) -> f32 {
  return PER_UNIT * select(bitcast<f32>(bits), LOWEST, is_nothing(bits));
}

fn largest_entries(p_start: u32, q_start: u32, local: u32) -> vec2<f32> {
  var largest = vec4(LOWEST);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    largest = max(largest, vec4(logit_in_units(p[p_start + k]), logit_in_units(q[q_start + k]), LOWEST, LOWEST));
  }
  return max_over_lanes(largest, local).xy;
}

fn log_of(bits: u32, top: f32) -> DoubleSingle {
  return two_sum(logit_in_units(bits), -top, uniforms.zero);
}

fn mass_of(bits: u32, top: f32) -> f32 {
  if (is_nothing(bits)) {
    return 0.0;
  }
  let e = exponential_of_log(log_of(bits, top));
  return scale(1.0 + e.fraction, e.exponent + HEADROOM);
}
