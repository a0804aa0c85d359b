// w e^x 2^24 of a weight w and a double x, by exponents: w and e^x may be beyond f32 where their product is not.
// Twin: src/program/operators.ts (weigh)
fn weigh(w: f32, x: DoubleSingle) -> f32 {
  if (!is_positive(w)) {
    return 0.0;
  }
  let weight = split(bitcast<u32>(w));
  let e = exp_scaled(x.high, x.low);
  return scale(weight.mantissa * (1.0 + e.fraction), weight.exponent + e.exponent + HEADROOM);
}
