// Rows as probabilities: weights over their sum, or the softmax of logits.
// Twin: src/math/probabilities.ts
const MINUS_INFINITY: u32 = 0xff800000u;
const LOWEST: f32 = -3.4028234e38;
const HEADROOM: i32 = 24; // masses are 2^24 too large, so that only results too small for f32 are flushed

fn greatest_logit(start: u32, local: u32) -> f32 {
  var greatest = LOWEST;
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    let bits = p[start + k];
    if (bits != MINUS_INFINITY) {
      greatest = max(greatest, bitcast<f32>(bits));
    }
  }
  return max_over_lanes(vec4(greatest), local).x;
}

// The unnormalised probability of an outcome: a weight, or exp(logit - greatest) with the rounding of the difference.
fn mass(bits: u32, greatest: f32) -> f32 {
  if (uniforms.from_logits == 0u) {
    return bitcast<f32>(bits & 0x7fffffffu);
  }
  if (bits == MINUS_INFINITY) {
    return 0.0;
  }
  let x = bitcast<f32>(bits);
  let difference = opaque4(vec4(x - greatest), uniforms.zero).x;
  let part = opaque4(vec4(difference - x), uniforms.zero).x;
  let rounding = (x - opaque4(vec4(difference - part), uniforms.zero).x) - (greatest + part);
  let e = exp_scaled(difference, rounding);
  return scale(1.0 + e.fraction, e.exponent + HEADROOM);
}

fn compute_item(row: u32, local: u32) {
  let start = p_row(row);
  var greatest = 0.0;
  if (uniforms.from_logits != 0u) {
    greatest = greatest_logit(start, local);
  }
  var sum = Accumulator();
  for (var first = lane_of(local); first < uniforms.width; first += BLOCK * LANES) {
    var block = 0.0;
    let end = min(first + BLOCK * LANES, uniforms.width);
    for (var k = first; k < end; k += LANES) {
      block += mass(p[start + k], greatest);
    }
    accumulate(&sum, vec4(block), uniforms.zero);
  }
  let total = sum_over_lanes(total_of(sum), local).x;
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    probabilities[row * uniforms.width + k] = mass(p[start + k], greatest) / total;
  }
}
