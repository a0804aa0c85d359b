// A gradient in logits over a temperature T as one in the logits themselves: over T, but for the value that stands before it.
// Twin: src/divergences/gradient-scaled.ts
fn element(row: u32, column: u32) -> u32 {
  let bits = x[x_row(row) + column];
  let infinite = (bits & 0x7f800000u) == 0x7f800000u;
  return select(bitcast<u32>(bitcast<f32>(bits) * uniforms.factor), bits, infinite || column < uniforms.values);
}
