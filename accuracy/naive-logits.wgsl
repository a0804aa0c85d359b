// Rows of logits, by a softmax that keeps the greatest entry from overflowing.
// Twin: accuracy/naive.ts
fn logits_at(first_p: u32, first_q: u32, k: u32) -> vec2<f32> {
  if (k >= uniforms.outcomes) {
    return vec2(-3.0e38);
  }
  return vec2(p[first_p + k], q[first_q + k]);
}

fn scale_of(first_p: u32, first_q: u32, local: u32) -> vec4<f32> {
  var greatest = vec2(-3.0e38);
  for (var k = lane_of(local); k < uniforms.outcomes; k += 2u * LANES) {
    greatest = max(greatest, max(logits_at(first_p, first_q, k), logits_at(first_p, first_q, k + LANES)));
  }
  greatest = max_over_lanes(vec4(greatest, 0.0, 0.0), local).xy;
  var sum = vec2(0.0);
  for (var k = lane_of(local); k < uniforms.outcomes; k += 2u * LANES) {
    sum += exp(logits_at(first_p, first_q, k) - greatest) + exp(logits_at(first_p, first_q, k + LANES) - greatest);
  }
  return vec4(greatest, sum_over_lanes(vec4(sum, 0.0, 0.0), local).xy);
}

fn probabilities(pair: vec2<f32>, scale: vec4<f32>) -> vec2<f32> {
  return exp(pair - scale.xy) / scale.zw;
}
