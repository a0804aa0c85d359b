// A sweep over a part of a long row, with what the sweeps before it found in all parts.
// Twin: src/divergences/split-rows.ts
fn compute_item(item: u32, local: u32) {
  let row = item / uniforms.parts;
  let offset = item % uniforms.parts * uniforms.part_length;
  outcomes = min(uniforms.part_length, uniforms.outcomes - offset);
  symmetric = uniforms.symmetric == 1u;
  load_constants();
  var of_row = PartialSums(first[2u * row * uniforms.parts], first[2u * row * uniforms.parts + 1u]);
  var sums = latest[2u * row * uniforms.parts];
  for (var part = 1u; part < uniforms.parts; part++) {
    let at = 2u * (row * uniforms.parts + part);
    of_row = joined(of_row, PartialSums(first[at], first[at + 1u]));
    sums += latest[at];
  }
  let p_start = p_row(row) + offset;
  let q_start = q_row(row) + offset;
  let found = next_sums(p_start, q_start, local, of_row, sums, latest[2u * item]);
  if (lane_of(local) == 0u) {
    partial_sums[2u * item] = found;
    partial_sums[2u * item + 1u] = vec4(0.0);
  }
}
