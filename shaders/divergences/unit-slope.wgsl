// The derivative of the alpha-divergence in itself.
// Twin: src/divergences/gradient-kernel.ts
fn slope_of(value: f32) -> f32 {
  return 1.0;
}
