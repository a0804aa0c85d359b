// Positive f32 numbers as mantissa and exponent, taken from their bits: right for subnormals on every device.
// Twin: src/math/scaled.ts
const INFINITY_BITS: u32 = 0x7f800000u;

// x = mantissa 2^exponent with 1 <= mantissa < 2.
struct Scaled { mantissa: f32, exponent: i32, }

// The bits of a subnormal number count its 2^-149; as such a whole number they convert exactly.
fn split(positive_bits: u32) -> Scaled {
  let subnormal = positive_bits < 0x800000u;
  let bits = select(positive_bits, bitcast<u32>(f32(i32(positive_bits))), subnormal);
  return Scaled(bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u), i32(bits >> 23u) - select(127, 276, subnormal));
}

// 2^n for -126 <= n <= 127.
fn power_of_two(n: i32) -> f32 {
  return bitcast<f32>(u32(127 + n) << 23u);
}

// x 2^n for every n; in two factors, since 2^n alone may be out of range.
fn scale(x: f32, n: i32) -> f32 {
  let whole = clamp(n, -252, 252);
  let half = whole >> 1u;
  return (x * power_of_two(half)) * power_of_two(whole - half);
}

// Bits of a result that is >= 0 by construction: what is not finite has overflowed, so it is infinite.
fn result_bits(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  return select(bits & 0x7fffffffu, INFINITY_BITS, (bits & INFINITY_BITS) == INFINITY_BITS);
}
