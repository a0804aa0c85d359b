// The exponent of one step: minus the step size, which comes in units, times the gradient, exactly.
// Twin: src/steps/tilt.ts
fn exponent_at(start: u32, k: u32) -> DoubleSingle {
  let gradient = clamp(x[start + k], -uniforms.largest, uniforms.largest);
  let product = two_product(uniforms.step_high, gradient, uniforms.zero);
  return negated(DoubleSingle(product.high, product.low + uniforms.step_low * gradient));
}
