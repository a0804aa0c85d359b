// The slope of D_alpha(t || q) in q, T_{-b}(log(q/t)), kept finite. Where q is 0 its weights stay 0, so the slope there means nothing.
// Twin: src/steps/slope.ts
const LARGEST_SLOPE: f32 = 1.0e30;

fn slope_of(t: f32, q: f32) -> f32 {
  if (q <= 0.0) {
    return 0.0;
  }
  if (t <= 0.0) {
    return select(LARGEST_SLOPE, -1.0 / deformation(), deformation() < 0.0); // T_{-b} at infinity
  }
  return clamp(deformed_log_ratio(pair_of(bitcast<u32>(t), bitcast<u32>(q))), -LARGEST_SLOPE, LARGEST_SLOPE);
}

fn slopes_of(t: vec4<f32>, q: vec4<f32>) -> vec4<f32> {
  return vec4(slope_of(t.x, q.x), slope_of(t.y, q.y), slope_of(t.z, q.z), slope_of(t.w, q.w));
}
