// What a settled estimate of the alpha-divergence stands for: the member's function of it, as of rows of mass 1.
// Twin: src/divergences/divergence-matrix.ts
fn settled_bits(divergence: f32) -> u32 {
  return result_bits(divergence_of(vec4(divergence, 1.0, 0.0, 0.0)));
}
