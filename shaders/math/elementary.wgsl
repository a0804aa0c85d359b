// exp, expm1, log, log1p and square root to 2 ulp; WGSL's own may be off by thousands near 0 and 1.
// Twin: src/math/elementary.ts; polynomials economised on their reduced ranges
const LOG2_HIGH: f32 = 0.693145751953125; // 15 bits of log 2: n LOG2_HIGH is exact for |n| < 512
const LOG2_LOW: f32 = 1.428606765330187e-06;
const INVERSE_LOG2: f32 = 1.44269504;

// exp(x) = (1 + fraction) 2^exponent with |fraction| < 0.42.
struct Exponential { fraction: f32, exponent: i32, }

// expm1 on [-log 2 / 2, log 2 / 2].
fn expm1_reduced(x: f32) -> f32 {
  let tail = fma(fma(fma(fma(fma(0.000199142290512, x, 0.00139410502743), x, 0.00833327323198), x, 0.041666354984), x, 0.16666667163372), x, 0.5);
  return fma(x * x, tail, x);
}

// exp(x + correction), x <= 176 after clamping; the correction is below an ulp of x, and means nothing where x is clamped.
fn exp_scaled(x: f32, correction: f32) -> Exponential {
  let bounded = clamp(x, -4.0e5, 176.0);
  let n = round(bounded * INVERSE_LOG2);
  let remainder = fma(-n, LOG2_LOW, fma(-n, LOG2_HIGH, bounded)) + select(0.0, correction, bounded == x);
  return Exponential(expm1_reduced(remainder), i32(n));
}

fn exp_accurate(x: f32) -> f32 {
  let e = exp_scaled(x, 0.0);
  return scale(1.0 + e.fraction, e.exponent);
}

fn expm1_accurate(x: f32) -> f32 {
  let e = exp_scaled(x, 0.0);
  if (e.exponent == 0) {
    return e.fraction;
  }
  if (e.exponent > 30) {
    return scale(1.0 + e.fraction, e.exponent);
  }
  let power = scale(1.0, e.exponent);
  return fma(power, e.fraction, power - 1.0);
}

// (atanh(s) - s) / s^3 at z = s^2, for |s| <= 3 - 2 sqrt 2.
fn atanh_tail(z: f32) -> f32 {
  return fma(fma(fma(0.11791784316, z, 0.14268618822), z, 0.20000168681), z, 0.33333331347);
}

fn twice_atanh(s: f32) -> f32 {
  let z = s * s;
  let twice = s + s;
  return fma(twice * z, atanh_tail(z), twice);
}

fn log_scaled(mantissa: f32, exponent: i32) -> f32 {
  var m = mantissa;
  var k = exponent;
  if (m > 1.41421354) {
    m *= 0.5;
    k += 1;
  }
  let y = twice_atanh((m - 1.0) / (m + 1.0));
  return fma(f32(k), LOG2_HIGH, fma(f32(k), LOG2_LOW, y));
}

// The logarithm of a positive finite number, given by its bits.
fn log_of_bits(bits: u32) -> f32 {
  let x = split(bits);
  return log_scaled(x.mantissa, x.exponent);
}

// log(1 + w) for w > -1.
fn log1p_accurate(w: f32) -> f32 {
  let sum = split(bitcast<u32>(1.0 + w));
  let k = sum.exponent + select(0, 1, sum.mantissa > 1.41421354);
  if (k > 24) {
    return log_of_bits(bitcast<u32>(w));
  }
  let power = power_of_two(k);
  let y = twice_atanh((w - (power - 1.0)) / (w + (power + 1.0)));
  return fma(f32(k), LOG2_HIGH, fma(f32(k), LOG2_LOW, y));
}

// The square root with one Newton step, since WGSL promises less than f32.
fn sqrt_accurate(x: f32) -> f32 {
  if (x <= 0.0) {
    return 0.0;
  }
  let root = sqrt(x);
  return root + 0.5 * (fma(-root, root, x) / root);
}

// sqrt(x/y), also where x/y is below f32. y is not far from 1, or far above.
fn root_of_quotient(x: f32, y: f32) -> f32 {
  if (x < 8.6736174e-19 * y) { // 2^-60
    return 1.08420217e-19 * sqrt_accurate(x / (1.17549435e-38 * y)); // 2^-63, 2^-126
  }
  return sqrt_accurate(x / y);
}
