// An exact sum over a total of weights, rounded once to f32: long division, bit by bit.
// Twin: src/math/exact-sum.ts
const INFINITY_BITS: u32 = 0x7f800000u;
const LIMBS: u32 = 40u;
const LEAST: i32 = -298; // the exponent of the first bit
const FRACTION: i32 = 96; // bits below it: a divisor of 53, a mantissa, and a few more

var<private> magnitude: array<u32, LIMBS>;

// Takes the sign out of two's complement, and tells it.
fn take(start: u32) -> bool {
  let negative = (state[start + LIMBS - 1u] >> 31u) != 0u;
  var carried = u32(negative);
  for (var i = 0u; i < LIMBS; i++) {
    let limb = state[start + i];
    let digits = (select(limb, ~limb, negative) & 0xffffu) + carried;
    magnitude[i] = digits & 0xffffu;
    carried = digits >> 16u;
  }
  return negative;
}

// The bits of magnitude / divisor, rounded to even.
fn quotient_bits() -> u32 {
  var high = 0u; // of what remains, less than 2^54
  var low = 0u;
  var found = false;
  var exponent = 0;
  var kept = 0;
  var collected = 0;
  var mantissa = 0u;
  var half = 0u;
  var rest = 0u;
  for (var position = 16 * i32(LIMBS) - 1; position > -FRACTION; position--) {
    let at = u32(max(position, 0));
    let bit = select(0u, (magnitude[at >> 4u] >> (at & 15u)) & 1u, position >= 0);
    high = (high << 1u) | (low >> 31u);
    low = (low << 1u) | bit;
    var digit = 0u;
    if (high > uniforms.divisor_high || (high == uniforms.divisor_high && low >= uniforms.divisor_low)) {
      digit = 1u;
      high -= uniforms.divisor_high + select(0u, 1u, low < uniforms.divisor_low);
      low -= uniforms.divisor_low;
    }
    if (!found && digit == 1u) {
      found = true;
      exponent = position + LEAST - uniforms.divisor_exponent;
      kept = clamp(exponent + 150, -1, 24); // of a subnormal number there are fewer
    }
    if (found) {
      if (collected < kept) {
        mantissa = (mantissa << 1u) | digit;
      } else if (collected == kept) {
        half = digit;
      } else {
        rest |= digit;
      }
      collected += 1;
    }
  }
  if (!found || kept < 0) {
    return 0u;
  }
  rest |= high | low;
  mantissa += half & select(mantissa & 1u, 1u, rest != 0u);
  if (exponent < -126) {
    return mantissa;
  }
  return min(u32(clamp(exponent + 126, 0, 255)) * 0x800000u + mantissa, INFINITY_BITS);
}

fn compute_item(row: u32, local: u32) {
  let start = state_row(row);
  let negative = take(start);
  var bits = quotient_bits();
  bits |= select(0u, 0x80000000u, negative && bits != 0u);
  bits = select(bits, INFINITY_BITS | 0x80000000u, state[start + LIMBS + 1u] != 0u);
  quotients[row] = select(bits, INFINITY_BITS, state[start + LIMBS] != 0u);
}
