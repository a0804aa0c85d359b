// One outcome of two rows of logits as a Pair, from exact differences of logits; no probability is ever rounded alone.
// Twin: src/math/logits.ts (alphaDivergenceOfLogits)
const ZERO_PROBABILITY: u32 = 0xff800000u; // the logit minus infinity
const LARGEST_LOGIT: f32 = 1.0e37; // so that differences of differences, times |a| <= 8, stay finite
const LARGEST_LOG: f32 = 4.0e6;    // so that exponents stay far within i32

// log 2 in two parts (Cody & Waite). The first has 9 bits, so that its products with |n| <= 2^15 are exact.
const LOG2_FIRST: f32 = 0.693359375;
const LOG2_REST: f32 = -2.12194440054690583e-4;

fn logit(bits: u32) -> f32 {
  return clamp(bitcast<f32>(select(bits, bitcast<u32>(-LARGEST_LOGIT), bits == ZERO_PROBABILITY)), -LARGEST_LOGIT, LARGEST_LOGIT);
}

// Outcomes of the row, or of the part of it, that is gone through.
var<private> outcomes: u32;

// Whether D(p || q) = D(q || p): then both are evaluated by the same arithmetic, to be the same to the last bit.
var<private> symmetric: bool;

// Four logits from the k-th outcome on; what is beyond the row has probability zero.
fn logits_of(bits: vec4<u32>, k: u32) -> vec4<u32> {
  return select(vec4(ZERO_PROBABILITY), bits, k + vec4(0u, 1u, 2u, 3u) < vec4(outcomes));
}

fn bounded(x: Double) -> Double {
  return Double(clamp(x.high, -LARGEST_LOG, LARGEST_LOG), clamp(x.low, -1.0, 1.0));
}

// x - n log 2 for a whole n near x / log 2.
fn remainder_of(x: f32, n: f32) -> f32 {
  return fma(-n, LOG2_REST, fma(-n, LOG2_FIRST, x));
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
  return Scaled(1.0 + expm1_reduced(remainder_of(argument.high, n) + argument.low), i32(n));
}

// p and q = p exp(log_ratio) as a Pair: q0 = 2^k p with whole binades k towards zero, so that every part of the term has
// one sign, and q = q0 exp(y), |y| <= log 2. (q - q0) / (q + q0) comes without a division, which may err by 2.5 ulp.
fn pair_of_logs(p: Scaled, log_ratio: Double) -> Pair {
  let n = trunc(log_ratio.high * INVERSE_LOG2);
  let y = remainder_of(log_ratio.high, n);
  let d = p.mantissa * expm1_binade(y, log_ratio.low);
  let k = i32(n);
  let exponent = p.exponent + k;
  return Pair(in_f32(p.mantissa, p.exponent), in_f32(p.mantissa + d, exponent), p.mantissa, d, tanh_of_half(y, log_ratio.low), k, exponent);
}

// x 2^n for x near 1 and n <= 127; zero where that is below f32.
fn in_f32(x: f32, n: i32) -> f32 {
  return select(x * power_of_two(n), 0.0, n < -126);
}
