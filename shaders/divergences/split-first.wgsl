// What is to be known first of a part of a long row; parts go to invocations of their own.
// Twin: src/divergences/split-rows.ts
fn compute_item(item: u32, local: u32) {
  let row = item / uniforms.parts;
  let offset = item % uniforms.parts * uniforms.part_length;
  outcomes = min(uniforms.part_length, uniforms.outcomes - offset);
  symmetric = uniforms.symmetric == 1u;
  load_constants();
  let part = first_partial_sums(p_row(row) + offset, q_row(row) + offset, local);
  if (lane_of(local) == 0u) {
    partial_sums[2u * item] = part.sums;
    partial_sums[2u * item + 1u] = part.more;
  }
}
