// phi_alpha(p, q) where one of p and q is beyond 2^280 times the other, so that only the larger counts:
// phi = larger (T_-c(x) - 1) / (1 - c) with c its exponent in p^b q^a, x the distance of the logarithms; larger / c if
// c is not small.
// Twin: src/math/logit-table.ts (the low parts of a and b), src/math/alpha-term.ts (T)
fn far_term(far: FarPair) -> f32 {
  let larger = larger_of(far);
  let high = bitcast<vec2<f32>>(table_head(5u).zw);
  let low = bitcast<vec2<f32>>(table_head(6u).xy);
  let c = select(high.x, high.y, far.rising);
  if (c > 0.5) {
    return scale(larger.mantissa / c, larger.exponent);
  }
  if (c == 0.0) { // T_0(x) = x
    return scale(larger.mantissa * (far.distance.high - PER_UNIT), larger.exponent + UNIT_EXPONENT);
  }
  if (-c * far.distance.high <= PER_UNIT) {
    let deformed_log = expm1_accurate(UNIT * max(-c * far.distance.high, -4.0)) / -c;
    return scale(larger.mantissa * ((deformed_log - 1.0) / (1.0 - c)), larger.exponent);
  }
  let exponent = multiply(DoubleSingle(-c, select(-low.x, -low.y, far.rising)), far.distance, uniforms.zero);
  let power = exponential_of_units(exponent);
  if (power.exponent > 60) {
    let of_all = exponential_of_units(add(far.log_larger, exponent, uniforms.zero));
    return scale(of_all.mantissa / (-c * (1.0 - c)), of_all.exponent + far.lift);
  }
  let deformed_log = (scale(power.mantissa, power.exponent) - 1.0) / -c;
  return scale(larger.mantissa * ((deformed_log - 1.0) / (1.0 - c)), larger.exponent);
}
