// Rows of probabilities, taken as they are.
// Twin: accuracy/naive.ts
fn scale_of(first_p: u32, first_q: u32, local: u32) -> vec4<f32> {
  return vec4(0.0);
}

fn probabilities(pair: vec2<f32>, scale: vec4<f32>) -> vec2<f32> {
  return pair;
}
