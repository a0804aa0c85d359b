// The divergence of a long row from the sums of its parts.
// Twin: src/divergences/split-rows.ts
fn compute_item(row: u32, local: u32) {
  symmetric = uniforms.symmetric == 1u;
  load_constants();
  var sums = vec4(0.0);
  for (var part = 0u; part < uniforms.parts; part++) {
    sums += latest[2u * (row * uniforms.parts + part)];
  }
  let bits = bits_of_divergence(sums);
  if (lane_of(local) == 0u) {
    divergences[row] = bits;
  }
}
