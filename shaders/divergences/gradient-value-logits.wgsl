// What one outcome of rows of logits adds to the value.
// Twin: src/divergences/gradient-kernel.ts
var<private> value_normaliser: Normaliser;

fn begin_value(frame: Frame) {
  load_constants();
  let own = vec4(frame.own_greatest, frame.other_greatest, frame.own_mass, frame.other_mass);
  let by_rows = select(own, own.yxwz, uniforms.of_q != 0u);
  value_normaliser = normaliser_of(by_rows, vec4(by_rows.zw, 0.0, 0.0));
}

fn add_value(sum: ptr<function, Accumulator>, rows: Rows, k: u32) {
  accumulate(sum, outcome(p[rows.p + k], q[rows.q + k], value_normaliser), uniforms.zero);
}

fn unsettled(sums: vec4<f32>) -> bool {
  return masses_matter(sums) || sums.x < LIFTED_BELOW;
}
