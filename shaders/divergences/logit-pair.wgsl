// One outcome of two rows of logits as a Pair, from exact differences of logits; no probability is ever rounded alone.
// Twin: src/math/logits.ts (alphaDivergenceOfLogits)
const ZERO_PROBABILITY: u32 = 0xff800000u; // the logit minus infinity
const LARGEST_LOGIT: f32 = 1.0e37; // so that differences of differences, times |a| <= 8, stay finite
const LARGEST_LOG: f32 = 4.0e6;    // so that exponents stay far within i32

// log 2 in two parts (Cody & Waite). The first has 9 bits, so that its products with |n| <= 2^15 are exact.
const LOG2_FIRST: f32 = 0.693359375;
const LOG2_REST: f32 = -2.12194440054690583e-4;

fn logit(bits: u32) -> f32 {
  return select(clamp(bitcast<f32>(bits), -LARGEST_LOGIT, LARGEST_LOGIT), -LARGEST_LOGIT, bits == ZERO_PROBABILITY);
}

fn difference(x: Double, y: Double) -> Double {
  return add(x, negated(y), uniforms.zero);
}

fn bounded(x: Double) -> Double {
  return Double(clamp(x.high, -LARGEST_LOG, LARGEST_LOG), clamp(x.low, -1.0, 1.0));
}

// x.high - n log 2 for a whole n near x / log 2.
fn remainder_of(x: Double, n: f32) -> f32 {
  return fma(-n, LOG2_REST, fma(-n, LOG2_FIRST, x.high));
}

// expm1(x + low) on [-log 2, log 2], relative error 2^-29.5 before its one rounding: the terms take its square.
fn expm1_binade(x: f32, low: f32) -> f32 {
  var tail = fma(2.512668834e-05, x, 0.000200971277081);
  tail = fma(tail, x, 0.001388760749251);
  tail = fma(tail, x, 0.008332619443536);
  tail = fma(tail, x, 0.041666686534882);
  tail = fma(tail, x, 0.166666716337204);
  tail = fma(tail, x, 0.5);
  let rest = x * x * tail;
  return x + fma(low, 1.0 + (x + rest), rest);
}

// tanh((x + low) / 2) on [-log 2, log 2], relative error 2^-28.7 before its one rounding.
fn tanh_of_half(x: f32, low: f32) -> f32 {
  let z = x * x;
  var tail = fma(0.0000388147855, z, -0.000420478871);
  tail = fma(tail, z, 0.00416655699);
  tail = fma(tail, z, -0.0416666642);
  let half = 0.5 * x;
  let rest = x * z * tail;
  return half + fma(low, 0.5 - 0.5 * (half + rest) * (half + rest), rest);
}

// exp(x) with a mantissa in [1/sqrt 2, sqrt 2].
fn exponential_of(x: Double) -> Scaled {
  let argument = bounded(x);
  let n = round(argument.high * INVERSE_LOG2);
  return Scaled(1.0 + expm1_reduced(remainder_of(argument, n) + argument.low), i32(n));
}

// Whole binades of a ratio, towards zero, so that every part of the term has one sign.
fn binades_of(log_ratio: Double) -> i32 {
  return i32(trunc(bounded(log_ratio).high * INVERSE_LOG2));
}

// q0 = 2^k p, and q = q0 exp(y), |y| <= log 2. (q - q0) / (q + q0) comes without a division, which may err by 2.5 ulp.
fn pair_of_logs(p: Scaled, log_ratio: Double, k: i32) -> Pair {
  let y = remainder_of(log_ratio, f32(k));
  let d = p.mantissa * expm1_binade(y, log_ratio.low);
  let s = tanh_of_half(y, log_ratio.low);
  let exponent = p.exponent + k;
  return Pair(scale(p.mantissa, p.exponent), scale(p.mantissa + d, exponent), p.mantissa, d, s, k, exponent);
}
