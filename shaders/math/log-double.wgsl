// log x/2^shift of a positive number x to 2^-45 of itself: 2 atanh(s), s = (m - 1)/(m + 1), and the multiple of log 2.
// Twin: src/math/log-double.ts
const LOG_LEADING: f32 = 0.693359375; // log 2, whose first part has 9 bits
const LOG_MIDDLE: f32 = -0.000212194442;
const LOG_LAST: f32 = 1.64659497e-12;

fn log_double(bits: u32, shift: i32, zero: u32) -> DoubleSingle {
  let x = split(bits);
  let falls = x.mantissa > 1.41421354;
  let m = x.mantissa * select(1.0, 0.5, falls);
  let k = f32(x.exponent - shift + select(0, 1, falls));
  let below = two_sum(m, 1.0, zero);
  let quotient = (m - 1.0) / below.high;
  let product = two_product(quotient, below.high, zero);
  let rest = (((m - 1.0) - product.high) - product.low) - quotient * below.low;
  let s = two_sum(quotient, rest / below.high, zero);
  let z = times(s, s, zero);
  let tail = z.high * fma(fma(fma(0.0684, z.high, 0.0769230798), z.high, 0.0909090936), z.high, 0.111111112);
  var series = add(constant(0.142857149, -6.38621200e-9, zero), DoubleSingle(tail, 0.0), zero);
  series = add(constant(0.200000003, -2.98023228e-9, zero), times(z, series, zero), zero);
  series = add(constant(0.333333343, -9.93410776e-9, zero), times(z, series, zero), zero);
  let cubic = times(s, times(z, series, zero), zero);
  let of_mantissa = add(s, cubic, zero);
  let multiple = two_product(k, LOG_MIDDLE, zero);
  let of_exponent = add(DoubleSingle(k * LOG_LEADING, 0.0), DoubleSingle(multiple.high, fma(k, LOG_LAST, multiple.low)), zero);
  return add(of_exponent, DoubleSingle(2.0 * of_mantissa.high, 2.0 * of_mantissa.low), zero);
}
