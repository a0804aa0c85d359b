// phi_alpha(p, q) where one of p and q is beyond 2^280 times the other, so that only the larger counts:
// phi = larger (T_-c(x) - 1) / (1 - c) with c its exponent in p^b q^a, x the distance of the logarithms; larger / c if
// c is not small.
// Twin: src/math/logit-table.ts (the low parts of a and b), src/math/alpha-term.ts (T)
fn far_term(larger: Scaled, log_ratio: Double) -> f32 {
  let rising = log_ratio.high > 0.0;
  let high = bitcast<vec2<f32>>(table_head(5u).zw);
  let low = bitcast<vec2<f32>>(table_head(6u).xy);
  let c = select(high.x, high.y, rising);
  if (c > 0.5) {
    return scale(larger.mantissa / c, larger.exponent);
  }
  var deformed_log = abs(log_ratio.high); // T_0(x) = x
  if (c > 0.0 || -c * deformed_log <= 1.0) {
    if (c != 0.0) { deformed_log = expm1_accurate(-c * deformed_log) / -c; }
    return scale(larger.mantissa * ((deformed_log - 1.0) / (1.0 - c)), larger.exponent);
  }
  let power = exponential_of(exponent_of_power(-c, select(-low.x, -low.y, rising), log_ratio));
  if (power.exponent > 60) {
    return scale(larger.mantissa * power.mantissa / (-c * (1.0 - c)), larger.exponent + power.exponent);
  }
  deformed_log = (scale(power.mantissa, power.exponent) - 1.0) / -c;
  return scale(larger.mantissa * ((deformed_log - 1.0) / (1.0 - c)), larger.exponent);
}

// c |x|
fn exponent_of_power(c: f32, c_low: f32, x: Double) -> Double {
  let product = two_product(c, x.high, uniforms.zero);
  let exponent = Double(product.high, product.low + fma(c, x.low, c_low * x.high));
  if (x.high < 0.0) {
    return negated(exponent);
  }
  return exponent;
}
