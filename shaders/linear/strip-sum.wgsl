// Sums what strips of a batch have left for each entry, in their order.
// Twin: src/linear/strips.ts
fn element(row: u32, column: u32) -> f32 {
  let start = state_row(row) + column;
  var sum = Accumulator();
  for (var term = 0u; term < uniforms.terms; term++) {
    accumulate(&sum, vec4(state[start + term * uniforms.pitch]), uniforms.zero);
  }
  return total_of(sum).x;
}
