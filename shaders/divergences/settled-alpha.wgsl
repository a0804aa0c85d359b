// What a settled estimate of the alpha-divergence stands for: the alpha-divergence itself.
// Twin: src/divergences/divergence-matrix.ts
fn settled_bits(divergence: f32) -> u32 {
  return bitcast<u32>(divergence);
}
