// The logarithm of a positive number as a double; the lowest number of f32 for others.
// Twin: src/program/operators.ts (logDouble)
fn log_double_of(x: f32) -> DoubleSingle {
  if (is_positive(x)) {
    return log_double(bitcast<u32>(x), 0, uniforms.zero);
  }
  return DoubleSingle(LOWEST, 0.0);
}
