// An entry of a row of logits, as the Hellinger integral takes it: from its exact difference to the largest of its row.
// Twin: src/divergences/hellinger-integral.ts
const LOGIT_OF_NOTHING: u32 = 0xff800000u;
const LARGEST_MAGNITUDE: f32 = 1.0e37; // so that differences, times exponents up to 8, stay finite

fn is_nothing(bits: u32) -> bool {
  return bits == LOGIT_OF_NOTHING;
}

fn bounded_logit(bits: u32) -> f32 {
  return select(clamp(bitcast<f32>(bits), -LARGEST_MAGNITUDE, LARGEST_MAGNITUDE), -LARGEST_MAGNITUDE, is_nothing(bits));
}

fn largest_entries(p_start: u32, q_start: u32, local: u32) -> vec2<f32> {
  var largest = vec4(-LARGEST_MAGNITUDE);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    largest = max(largest, vec4(bounded_logit(p[p_start + k]), bounded_logit(q[q_start + k]), -LARGEST_MAGNITUDE, -LARGEST_MAGNITUDE));
  }
  return max_over_lanes(largest, local).xy;
}

fn log_of(bits: u32, top: f32) -> Double {
  return two_sum(bounded_logit(bits), -top, uniforms.zero);
}

fn mass_of(bits: u32, top: f32) -> f32 {
  if (is_nothing(bits)) {
    return 0.0;
  }
  let x = log_of(bits, top);
  let e = exp_scaled(x.high, x.low);
  return scale(1.0 + e.fraction, e.exponent + HEADROOM);
}
