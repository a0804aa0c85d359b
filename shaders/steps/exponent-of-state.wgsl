// The exponent that the steps so far have added up: high parts first, then low parts.
// Twin: src/steps/tilt.ts
fn exponent_at(start: u32, k: u32) -> DoubleSingle {
  return DoubleSingle(x[start + k], x[start + uniforms.width + k]);
}
