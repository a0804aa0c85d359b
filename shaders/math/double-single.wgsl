// Numbers as unevaluated sums of two f32: 48 bits where f32 has 24. opaque() keeps compilers from folding the error terms.
// Twin: src/math/double-single.ts
struct DoubleSingle { high: f32, low: f32, }

// Hides a number from the compiler, as opaque4() hides four.
fn opaque(x: f32, zero: u32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) ^ zero);
}

// The upper 12 bits of a mantissa: products of such halves are exact.
fn upper_half(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
}

// x + y exactly (Knuth).
fn two_sum(x: f32, y: f32, zero: u32) -> DoubleSingle {
  let sum = opaque(x + y, zero);
  let part = opaque(sum - x, zero);
  return DoubleSingle(sum, (x - opaque(sum - part, zero)) + (y - part));
}

// x y exactly up to the last bit of the low part (Dekker), without a fused multiply-add.
fn two_product(x: f32, y: f32, zero: u32) -> DoubleSingle {
  let product = opaque(x * y, zero);
  let x_high = upper_half(x);
  let y_high = upper_half(y);
  let x_low = x - x_high;
  let y_low = y - y_high;
  let error = opaque(x_high * y_high, zero) - product;
  return DoubleSingle(product, ((error + opaque(x_high * y_low, zero)) + opaque(x_low * y_high, zero)) + x_low * y_low);
}

fn add(x: DoubleSingle, y: DoubleSingle, zero: u32) -> DoubleSingle {
  let sum = two_sum(x.high, y.high, zero);
  return two_sum(sum.high, sum.low + (x.low + y.low), zero);
}

fn multiply(x: DoubleSingle, y: DoubleSingle, zero: u32) -> DoubleSingle {
  let head = two_product(x.high, y.high, zero);
  return DoubleSingle(head.high, head.low + fma(x.high, y.low, x.low * y.high));
}

// The same product with its low part below an ulp of the high part.
fn times(x: DoubleSingle, y: DoubleSingle, zero: u32) -> DoubleSingle {
  let product = two_product(x.high, y.high, zero);
  return two_sum(product.high, product.low + fma(x.high, y.low, x.low * y.high), zero);
}

fn negated(x: DoubleSingle) -> DoubleSingle {
  return DoubleSingle(-x.high, -x.low);
}

// A constant that compilers do not fold into what is left of a rounding.
fn constant(high: f32, low: f32, zero: u32) -> DoubleSingle {
  return DoubleSingle(opaque(high, zero), opaque(low, zero));
}
