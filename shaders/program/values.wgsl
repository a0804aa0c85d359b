// What row programs need for numbers of f32: tests of a sign by bits, since comparisons may flush subnormal numbers,
// quotients, results.
// Twin: src/program/operators.ts
const LOWEST: f32 = -3.4028234663852886e38; // log 0
const HEADROOM: i32 = 24; // weights are 2^24 too large, so that only results too small for f32 are flushed

fn is_positive(x: f32) -> bool {
  return bitcast<i32>(x) > 0;
}

fn is_negative(x: f32) -> bool {
  return bitcast<u32>(x) > 0x80000000u;
}

fn is_zero(x: f32) -> bool {
  return (bitcast<u32>(x) << 1u) == 0u;
}

// x/y, and 0 for y = 0.
fn quotient(x: f32, y: f32) -> f32 {
  return select(x / y, 0.0, y == 0.0);
}

// A sum and what it has lost, one number on, as accumulate() does it with four.
fn summed(sum: vec2<f32>, x: f32) -> vec2<f32> {
  let total = bitcast<f32>(bitcast<u32>(sum.x + x) ^ uniforms.zero);
  let part = bitcast<f32>(bitcast<u32>(total - sum.x) ^ uniforms.zero);
  let before = bitcast<f32>(bitcast<u32>(total - part) ^ uniforms.zero);
  return vec2(total, sum.y + ((sum.x - before) + (x - part)));
}

// The bits of a result that is infinite under a condition, with its own sign.
fn infinite_where(x: f32, condition: bool) -> u32 {
  return select(bitcast<u32>(x), select(0u, 0x80000000u, is_negative(x)) | INFINITY_BITS, condition);
}

fn log_of_binade_below(x: f32) -> f32 {
  return select(LOWEST, f32(split(bitcast<u32>(x)).exponent) * 0.693147182, is_positive(x));
}

// The power of two at or below a positive number.
fn binade_of(x: f32) -> f32 {
  return select(0.0, scale(1.0, split(bitcast<u32>(x)).exponent), is_positive(x));
}
