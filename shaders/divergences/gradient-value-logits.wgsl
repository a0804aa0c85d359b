// What one outcome of rows of logits adds to the value.
// Twin: src/divergences/gradient-kernel.ts
var<private> value_normaliser: Normaliser;

fn begin_value(frame: Frame) {
  outcomes = uniforms.outcomes;
  symmetric = uniforms.c_high == 0.5 && uniforms.c_low == 0.0;
  load_constants();
  let own = vec4(frame.own.origin.base + frame.own.greatest, frame.other.origin.base + frame.other.greatest, frame.own.mass, frame.other.mass);
  let by_rows = select(own, own.yxwz, uniforms.of_q != 0u);
  value_normaliser = normaliser_of(Overview(by_rows.xy, by_rows.zw, vec2(0.0)));
}

fn add_value(sum: ptr<function, Accumulator>, rows: Rows, k: u32) {
  accumulate(sum, outcome_anywhere(p_at(rows.p + k), q_at(rows.q + k), value_normaliser), uniforms.zero);
}

fn unsettled(sums: vec4<f32>) -> bool {
  return is_hidden(sums);
}
