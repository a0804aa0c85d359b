// Exponentials, logarithms and roots of row programs, to 2 ulp.
// Twin: src/program/functions.ts
// The square root; of a subnormal number, which is its bits times 2^-149, from these.
fn sqrt_of(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if (bits < 0x800000u) {
    return 0x1p-75 * sqrt_accurate(f32(2u * bits));
  }
  return sqrt_accurate(x);
}

fn log_of(x: f32) -> f32 {
  return select(LOWEST, log_of_bits(bitcast<u32>(x)), is_positive(x));
}

fn log1p_of(x: f32) -> f32 {
  if (x <= -1.0) {
    return LOWEST;
  }
  if (abs(x) < 5.0e-8) {
    return x;
  }
  return log1p_accurate(x);
}

// (e^x - 1)/x.
fn exprel(x: f32) -> f32 {
  if (abs(x) < 5.0e-8) {
    return 1.0;
  }
  let e = exp_scaled(x, 0.0);
  if (e.exponent > 30) {
    return scale((1.0 + e.fraction) / x, e.exponent);
  }
  return expm1_accurate(x) / x;
}

// (e^x - 1 - x)/x^2; near 0 the sum of x^k/(k + 2)!.
fn exprel2(x: f32) -> f32 {
  if (x > -1.0 && x < 1.5) {
    let high = fma(fma(fma(fma(1.1470746e-11, x, 1.6059044e-10), x, 2.0876757e-9), x, 2.505211e-8), x, 2.7557319e-7);
    let low = fma(fma(fma(fma(high, x, 2.7557319e-6), x, 2.4801588e-5), x, 1.984127e-4), x, 1.3888889e-3);
    return fma(fma(fma(fma(low, x, 8.333334e-3), x, 4.1666668e-2), x, 0.16666667), x, 0.5);
  }
  let e = exp_scaled(x, 0.0);
  if (e.exponent > 30) {
    return scale((1.0 + e.fraction) / (x * x), e.exponent);
  }
  return (expm1_accurate(x) - x) / x / x;
}

// log(1 + x)/x; near 0 from 2 atanh(s), s = x/(2 + x).
fn log1prel(x: f32) -> f32 {
  if (abs(x) > 0.4) {
    return log1p_of(x) / x;
  }
  let s = x / (2.0 + x);
  return fma(s * s, atanh_tail(s * s), 1.0) * (2.0 / (2.0 + x));
}

// log(x/y) from mantissas within a factor of the square root of 2: their difference is exact.
fn log_of_quotient(x: f32, y: f32) -> f32 {
  if (!is_positive(x) || !is_positive(y)) {
    return log_of(x) - log_of(y);
  }
  var of_x = split(bitcast<u32>(x));
  var of_y = split(bitcast<u32>(y));
  if (of_x.mantissa > 1.41421354 * of_y.mantissa) {
    of_x = Scaled(0.5 * of_x.mantissa, of_x.exponent + 1);
  } else if (of_y.mantissa > 1.41421354 * of_x.mantissa) {
    of_y = Scaled(0.5 * of_y.mantissa, of_y.exponent + 1);
  }
  let k = f32(of_x.exponent - of_y.exponent);
  let y_of_s = twice_atanh((of_x.mantissa - of_y.mantissa) / (of_x.mantissa + of_y.mantissa));
  return fma(k, LOG2_HIGH, fma(k, LOG2_LOW, y_of_s));
}
