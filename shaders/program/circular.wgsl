// Sine and cosine to 2 ulp for |x| <= 1e4, also next to their zeros, and the arcsine on [-1, 1].
// Twin: src/program/operators.ts (the platform's own)
struct Angle { quarter: i32, rest: DoubleSingle, }

// x less its multiple of pi/2, of which all parts but the last have 11 bits: their products with the multiple are
// exact.
fn angle_of(x: f32) -> Angle {
  let zero = uniforms.zero;
  let n = round(x * 0.636619747);
  let near = opaque(opaque(x - n * 1.5703125, zero) - n * 0.00048351287841796875, zero);
  let head = two_sum(near, -n * 3.1385570764541626e-07, zero);
  let tail = DoubleSingle(-n * 6.070877134334296e-11, -n * 6.223371969669989e-14);
  return Angle(i32(n), add(head, tail, zero));
}

// On [-pi/4, pi/4].
fn sin_reduced(x: DoubleSingle) -> f32 {
  let z = x.high * x.high;
  let tail = fma(fma(fma(2.7243782e-06, z, -0.00019840039), z, 0.008333332), z, -0.16666667);
  return x.high + fma(x.high * z, tail, x.low);
}

fn cos_reduced(x: DoubleSingle) -> f32 {
  let z = x.high * x.high;
  let tail = fma(fma(2.480056e-05, z, -0.0013888888), z, 0.041666668);
  return 1.0 - fma(-z * z, tail, fma(0.5, z, x.high * x.low));
}

// The sine of an angle that is so many quarters of a turn further on.
fn sin_from(x: f32, quarters: i32) -> f32 {
  let angle = angle_of(x);
  let quarter = angle.quarter + quarters;
  let y = select(sin_reduced(angle.rest), cos_reduced(angle.rest), (quarter & 1) == 1);
  return select(y, -y, (quarter & 2) == 2);
}

fn sin_of(x: f32) -> f32 {
  return sin_from(x, 0);
}

fn cos_of(x: f32) -> f32 {
  return sin_from(x, 1);
}

// sin(x)/x.
fn sinc(x: f32) -> f32 {
  if (abs(x) < 1.0e-4) {
    return 1.0;
  }
  return sin_from(x, 0) / x;
}

// Beyond the square root of 1/2 from the arcsine of the complement.
fn asin_of(x: f32) -> f32 {
  let size = min(abs(x), 1.0);
  if (size <= 0.70710678) {
    return x * arcsine_quotient(x * x);
  }
  let z = 0.5 * (1.0 - size);
  let y = 1.57079637 - (2.0 * sqrt_accurate(z) * arcsine_quotient(z) + 4.37113883e-8);
  return select(y, -y, x < 0.0);
}
