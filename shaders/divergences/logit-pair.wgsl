// One outcome of two rows of logits as a Pair, from exact differences of logits; no probability is ever rounded alone.
// Twin: src/math/logits.ts (alphaDivergenceOfLogits)
const ZERO_PROBABILITY: u32 = 0xff800000u; // the logit minus infinity
const LOWEST: f32 = -3.4028234663852886e38;
const LARGEST_LOGIT: f32 = 8.5e37; // so that differences of differences stay finite
const LARGEST_LOG: f32 = 4.0e6;    // so that exponents stay far within i32
const LARGEST_EXPONENT: i32 = 5770780; // LARGEST_LOG / log 2

// log 2 in two parts (Cody & Waite). The first has 9 bits, so that its products with |n| <= 2^15 are exact.
const LOG2_FIRST: f32 = 0.693359375;
const LOG2_REST: f32 = -2.12194440054690583e-4;

// Whence the logits of a row are counted: from 0, or from the greatest where that is so large that differences would overflow.
struct Origin { base: f32, floor: f32, }

fn origin_of(greatest: f32) -> Origin {
  let base = select(0.0, greatest, abs(greatest) > LARGEST_LOGIT);
  return Origin(base, select(base - LARGEST_LOGIT, LOWEST, base < 0.0));
}

fn number_of(bits: u32) -> f32 {
  return bitcast<f32>(select(bits, bitcast<u32>(LOWEST), bits == ZERO_PROBABILITY));
}

fn logit(bits: u32, origin: Origin) -> f32 {
  return max(number_of(bits), origin.floor) - origin.base;
}

// Far logits, such as masks of -1e30 and of the least f32, by themselves: in units of 64 nats, in which eight times their
// differences stay finite.
const UNIT: f32 = 64.0;
const UNIT_EXPONENT: i32 = 6;
const PER_UNIT: f32 = 0.015625; // 1/64

fn in_units(bits: u32, origin: Origin) -> f32 {
  return number_of(bits) * PER_UNIT - origin.base * PER_UNIT;
}

fn double_in_units(x: DoubleSingle) -> DoubleSingle {
  return DoubleSingle(x.high * PER_UNIT, x.low * PER_UNIT);
}

// exp of a number of units. Beyond LARGEST_LOG the exponent goes on with the logarithm of the number, so that of two products
// of such powers the larger one stays the larger, and none overflows i32.
fn exponential_of_units(x: DoubleSingle) -> Scaled {
  if (abs(x.high) <= LARGEST_LOG * PER_UNIT) {
    return exponential_of(DoubleSingle(UNIT * x.high, UNIT * x.low));
  }
  let size = split(bitcast<u32>(abs(x.high)));
  let exponent = LARGEST_EXPONENT + i32(65536.0 * (f32(size.exponent - 15) + size.mantissa - 1.0));
  return Scaled(1.0, select(-exponent, exponent, x.high > 0.0));
}

// Outcomes of the row, or of the part of it, that is gone through.
var<private> outcomes: u32;

// Whether D(p || q) = D(q || p): then both are evaluated by the same arithmetic, to be the same to the last bit.
var<private> symmetric: bool;

// Four logits from the k-th outcome on; what is beyond the row has probability zero.
fn logits_of(bits: vec4<u32>, k: u32) -> vec4<u32> {
  return select(vec4(ZERO_PROBABILITY), bits, k + vec4(0u, 1u, 2u, 3u) < vec4(outcomes));
}

fn bounded(x: DoubleSingle) -> DoubleSingle {
  return DoubleSingle(clamp(x.high, -LARGEST_LOG, LARGEST_LOG), clamp(x.low, -1.0, 1.0));
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
fn exponential_of(x: DoubleSingle) -> Scaled {
  let argument = bounded(x);
  let n = round(argument.high * INVERSE_LOG2);
  return Scaled(1.0 + expm1_reduced(remainder_of(argument.high, n) + argument.low), i32(n));
}

// p and q = p exp(log_ratio) as a Pair: q0 = 2^k p with whole binades k towards zero, so that every part of the term has
// one sign, and q = q0 exp(y), |y| <= log 2. (q - q0) / (q + q0) comes without a division, which may err by 2.5 ulp.
fn pair_of_logs(p: Scaled, log_ratio: DoubleSingle) -> Pair {
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
