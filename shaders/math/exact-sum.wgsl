// The exact sum of products of f32, merged with that of the blocks of columns before: limbs of 16 bits in integers, so that
// neither the order nor the blocks can change a bit. Limb i counts 2^(16 i - 298), the least that a product of f32 can be.
// Twin: src/math/exact-sum.ts
const INFINITY_BITS: u32 = 0x7f800000u;
const LIMBS: u32 = 40u; // then the numbers of infinities of either sign
const STATE: u32 = 44u;

// A number as a whole one, times 2^-149 and two to the power that is raised by the next function.
fn whole(bits: u32) -> u32 {
  return (bits & 0x7fffffu) | select(0u, 0x800000u, (bits & INFINITY_BITS) != 0u);
}

fn raised(bits: u32) -> u32 {
  return max((bits >> 23u) & 255u, 1u) - 1u;
}

fn add_product(x: u32, y: u32) {
  let a = whole(x);
  let b = whole(y);
  let middle = (a >> 12u) * (b & 0xfffu) + (a & 0xfffu) * (b >> 12u);
  let lower = (a & 0xfffu) * (b & 0xfffu) + ((middle & 0xfffu) << 12u);
  let upper = (a >> 12u) * (b >> 12u) + (middle >> 12u) + (lower >> 24u); // times 2^24
  let position = raised(x) + raised(y);
  let shift = position & 15u;
  let limb = position >> 4u;
  let first = (lower & 0xffffu) << shift;
  let second = ((((lower >> 16u) & 0xffu) | ((upper & 0xffu) << 8u)) << shift) + (first >> 16u);
  let third = ((upper >> 8u) << shift) + (second >> 16u);
  let sign = select(1, -1, ((x ^ y) >> 31u) != 0u);
  add_to_limb(limb, sign * i32(first & 0xffffu));
  add_to_limb(limb + 1u, sign * i32(second & 0xffffu));
  add_to_limb(limb + 2u, sign * i32(third & 0xffffu));
  add_to_limb(limb + 3u, sign * i32(third >> 16u));
}

// Brings all limbs but the last, which has the sign, to 0 ... 65535.
fn carry() {
  var carried = 0;
  for (var i = 0u; i + 1u < LIMBS; i++) {
    let limb = limb_at(i) + carried;
    put_limb(i, limb & 0xffff);
    carried = limb >> 16u;
  }
  add_to_limb(LIMBS - 1u, carried);
}

// Nothing of a row of weight 0 counts, not even an infinity.
fn add_row(x: u32, weight: u32) {
  if ((weight << 1u) == 0u) {
    return;
  }
  if ((x & INFINITY_BITS) == INFINITY_BITS) {
    add_to_limb(LIMBS + (x >> 31u), 1);
    return;
  }
  add_product(x, weight);
}

fn compute_item(row: u32, local: u32) {
  let start = values_row(row);
  for (var begin = 0u; begin < uniforms.columns; begin += BATCH) {
    let end = min(begin + BATCH, uniforms.columns);
    for (var column = begin + lane_of(local); column < end; column += LANES) {
      add_row(values[start + column], weight_at(row, column));
    }
    settle(local);
  }
  if (lane_of(local) != 0u) {
    return;
  }
  let before_start = before_row(row);
  if (uniforms.column_from != 0u) {
    for (var i = 0u; i < LIMBS + 2u; i++) {
      add_to_limb(i, i32(before[before_start + i]));
    }
    carry();
  }
  for (var i = 0u; i < STATE; i++) {
    state[row * STATE + i] = u32(limb_at(i));
  }
}
