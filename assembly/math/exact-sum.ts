/**
 * The exact sum of products of f32 over a divisor, rounded once. Limbs of 32 bits in i64; limb i counts 2^(32 i − 298).
 * Twin: shaders/math/exact-sum.wgsl, shaders/math/rounded-quotient.wgsl
 */
const LIMBS: i32 = 20;
const LEAST: i32 = -298;
const FRACTION: i32 = 96;
const INFINITY_BITS: u32 = 0x7f800000;
const LOWER: i64 = 0xffffffff;

export function weightedSum(
  _rows: i32, _width: i32, out: usize, limbs: usize, values: usize, count: i32, _widthOfValues: i32, weights: usize, _rowsOfWeights: i32, _widthOfWeights: i32,
  weighted: f64, divisor: f64,
): void {
  memory.fill(limbs, 0, LIMBS << 3);
  let infinity: u32 = 0;
  for (const end = values + ((<usize>count) << 2); values < end; values += 4, weights += 4) {
    const x = load<u32>(values);
    const weight = weighted === 0 ? <u32>0x3f800000 : load<u32>(weights);
    if (weight << 1 === 0) continue;
    if ((x & INFINITY_BITS) !== INFINITY_BITS) addProduct(limbs, x, weight);
    else if (infinity !== INFINITY_BITS) infinity = x;
  }
  store<u32>(out, infinity !== 0 ? infinity : roundedQuotient(limbs, divisor));
}

@inline
function whole(bits: u32): u64 {
  return (bits & 0x7fffff) | ((bits & INFINITY_BITS) !== 0 ? 0x800000 : 0);
}

@inline
function raised(bits: u32): i32 {
  return max<i32>((bits >> 23) & 255, 1) - 1;
}

@inline
function addProduct(limbs: usize, x: u32, y: u32): void {
  const product = whole(x) * whole(y);
  const position = raised(x) + raised(y);
  const shift = position & 31;
  const at = limbs + ((<usize>(position >> 5)) << 3);
  const sign: i64 = ((x ^ y) >> 31) !== 0 ? -1 : 1;
  const upper = product >> (32 - shift);
  add(at, sign * <i64>((product << shift) & LOWER));
  add(at + 8, sign * <i64>(upper & LOWER));
  add(at + 16, sign * <i64>(upper >> 32));
}

@inline
function add(at: usize, x: i64): void {
  store<i64>(at, load<i64>(at) + x);
}

/** Brings the limbs to 0 … 2³² − 1, of the magnitude; tells whether the sum is negative. */
function carry(limbs: usize): bool {
  let carried: i64 = 0;
  for (let i: usize = 0; i < <usize>LIMBS << 3; i += 8) {
    const limb = load<i64>(limbs + i) + carried;
    carried = limb >> 32;
    store<i64>(limbs + i, limb & LOWER);
  }
  if (carried >= 0) return false;
  carried = 1;
  for (let i: usize = 0; i < <usize>LIMBS << 3; i += 8) {
    const limb = (load<i64>(limbs + i) ^ LOWER) + carried;
    carried = limb >> 32;
    store<i64>(limbs + i, limb & LOWER);
  }
  return true;
}

/** Long division, bit by bit. */
function roundedQuotient(limbs: usize, divisor: f64): u32 {
  const negative = carry(limbs);
  const bits = reinterpret<u64>(divisor);
  const whole: u64 = (bits & 0xfffffffffffff) | 0x10000000000000;
  let remainder: u64 = 0;
  let exponent: i32 = 0;
  let kept: i32 = 0;
  let collected: i32 = -1; // nothing found
  let mantissa: u32 = 0;
  let half: u32 = 0;
  let rest: u32 = 0;
  for (let position = 32 * LIMBS - 1; position > -FRACTION; position--) {
    remainder = (remainder << 1) | (position < 0 ? 0 : <u64>(load<i64>(limbs + ((<usize>(position >> 5)) << 3)) >> (position & 31)) & 1);
    const digit: u32 = remainder >= whole ? 1 : 0;
    if (digit !== 0) remainder -= whole;
    if (collected < 0 && digit !== 0) {
      collected = 0;
      exponent = position + LEAST - (<i32>(bits >> 52) - 1075);
      kept = min(max(exponent + 150, -1), 24); // of a subnormal number there are fewer
    }
    if (collected < 0) continue;
    if (collected < kept) mantissa = (mantissa << 1) | digit;
    else if (collected === kept) half = digit;
    else rest |= digit;
    collected++;
  }
  if (collected < 0 || kept < 0) return 0;
  if (remainder !== 0) rest = 1;
  mantissa += half & (rest !== 0 ? 1 : mantissa);
  if (exponent >= -126) mantissa = min((<u32>min(exponent + 126, 255) << 23) + mantissa, INFINITY_BITS);
  return negative && mantissa !== 0 ? mantissa | 0x80000000 : mantissa;
}
