// The slope of KL(t || q) in q, -t/q. Where q is 0 its weights stay 0, so the slope there means nothing.
// Twin: src/steps/slope.ts
fn load_constants() {
}

fn slopes_of(t: vec4<f32>, q: vec4<f32>) -> vec4<f32> {
  return select(-t / q, vec4(0.0), q <= vec4(0.0));
}
