// dH/dD_0 = 1/(8 H). The distance has a kink where the rows are equal, and 0 among its subgradients there.
// Twin: src/divergences/hellinger-distance.ts
fn slope_of(value: f32) -> f32 {
  return select(0.125 / value, 0.0, value == 0.0);
}
