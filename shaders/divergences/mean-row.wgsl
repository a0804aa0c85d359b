// The mean of rows of p and q, mixed with a little of the uniform row so that it is positive everywhere.
// Twin: src/divergences/polarisation.ts
const UNIFORM_SHARE: f32 = 0.0009765625;
const UNEVENNESS: f32 = 0.000244140625;

// In [0, 1), and unlike those of other outcomes: multiples of the golden section. Of a centre that is even, products of many
// outcomes may be equal, and so their roundings, which then add up.
fn uneven(k: u32) -> f32 {
  return f32(k * 0x9e3779b9u) * 0x1p-32;
}

fn element(only: u32, k: u32) -> f32 {
  var sum = 0.0;
  for (var row = 0u; row < uniforms.p_rows; row++) {
    sum += p[p_row(row) + k];
  }
  for (var row = 0u; row < uniforms.q_rows; row++) {
    sum += q[q_row(row) + k];
  }
  let mean_of_rows = (1.0 + UNEVENNESS * uneven(k)) * sum / f32(uniforms.p_rows + uniforms.q_rows);
  return (1.0 - UNIFORM_SHARE) * mean_of_rows + (0.5 + uneven(k)) * UNIFORM_SHARE / f32(uniforms.width);
}
