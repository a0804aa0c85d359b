// Rows of logits, by a softmax that keeps the greatest entry from overflowing.
// Twin: accuracy/naive.ts
fn scale_of(first_p: u32, first_q: u32, local: u32) -> vec4<f32> {
  var greatest = vec2(-3.0e38);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    greatest = max(greatest, vec2(p[first_p + k], q[first_q + k]));
  }
  greatest = max_over_lanes(vec4(greatest, 0.0, 0.0), local).xy;
  var sum = vec2(0.0);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    sum += exp(vec2(p[first_p + k], q[first_q + k]) - greatest);
  }
  return vec4(greatest, sum_over_lanes(vec4(sum, 0.0, 0.0), local).xy);
}

fn probabilities(pair: vec2<f32>, scale: vec4<f32>) -> vec2<f32> {
  return exp(pair - scale.xy) / scale.zw;
}
