// What one outcome of rows of weights adds to the value.
// Twin: src/divergences/gradient-kernel.ts
fn begin_value(frame: Frame) {
  outcomes = uniforms.outcomes;
  symmetric = uniforms.c_high == 0.5 && uniforms.c_low == 0.0;
  load_constants();
}

fn add_value(sum: ptr<function, Accumulator>, rows: Rows, k: u32) {
  accumulate(sum, outcome(p_at(rows.p + k) & MAGNITUDE, q_at(rows.q + k) & MAGNITUDE, SAME_MASS), uniforms.zero);
}

fn unsettled(sums: vec4<f32>) -> bool {
  return is_unsettled(sums, SAME_MASS);
}
