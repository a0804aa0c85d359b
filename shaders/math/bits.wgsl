// Nats as bits: x times 1/log 2 in two parts, rounded once.
// Twin: src/math/bits.ts
const INFINITY_BITS: u32 = 0x7f800000u;
const INVERSE_LOG2_HIGH: f32 = 1.44269502;
const INVERSE_LOG2_LOW: f32 = 1.92596303e-8;

fn is_finite(bits: u32) -> bool {
  return (bits & INFINITY_BITS) != INFINITY_BITS;
}

fn element(row: u32, column: u32) -> u32 {
  let given = x[x_row(row) + column];
  if (!is_finite(given)) {
    return given;
  }
  let nats = bitcast<f32>(given);
  let product = two_product(nats, INVERSE_LOG2_HIGH, uniforms.zero);
  let high = bitcast<u32>(product.high);
  let whole = bitcast<u32>(product.high + (product.low + nats * INVERSE_LOG2_LOW));
  return select((given & 0x80000000u) | INFINITY_BITS, whole, is_finite(high) && is_finite(whole));
}
