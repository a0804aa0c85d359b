// T_c(x) = (e^(c x) - 1)/c, and x at c = 0, of a logarithm x known as a DoubleSingle: right to 2 ulp for every c and x.
// The uniforms hold c in two parts and 1/c. Twin: src/math/alpha-gradient.ts (slopeFrom)
const LARGEST_POWER: f32 = 4.0e6; // so that exponents stay far within i32

// e^(c x)
fn deformed_power(x: DoubleSingle) -> Exponential {
  let product = two_product(uniforms.c_high, x.high, uniforms.zero);
  let low = product.low + fma(uniforms.c_high, x.low, uniforms.c_low * x.high);
  let high = clamp(product.high, -LARGEST_POWER, LARGEST_POWER);
  let n = round(high * INVERSE_LOG2);
  let remainder = fma(-n, LOG2_TRAILING, fma(-n, LOG2_LEADING, high));
  return Exponential(expm1_reduced(remainder + select(0.0, low, high == product.high)), i32(n));
}

// (e^(c x) - one)/c, where one is 1 or 0; x at c = 0.
fn deformed_log(x: DoubleSingle, one: f32) -> Scaled {
  if (uniforms.c_high == 0.0) {
    return Scaled(x.high + x.low, 0);
  }
  let power = deformed_power(x);
  if (one == 0.0) {
    return Scaled((1.0 + power.fraction) * uniforms.c_inverse, power.exponent);
  }
  let lift = max(power.exponent, 0);
  let unit = scale(1.0, power.exponent - lift);
  return Scaled(fma(unit, power.fraction, unit - scale(1.0, -lift)) * uniforms.c_inverse, lift);
}
