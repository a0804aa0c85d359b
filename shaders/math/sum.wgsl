// Four sums of a row at a time, compensated: their error does not grow with the length of the row.
// Twin: src/math/sum.ts (CompensatedSum)
struct Accumulator { high: vec4<f32>, low: vec4<f32>, }

// Numbers that are added plainly before they enter an accumulator.
const BLOCK: u32 = 8u;

// Hides a value from the compiler: some fold (a + b) - a to b. `zero` is a uniform that holds 0.
fn opaque4(x: vec4<f32>, zero: u32) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) ^ vec4(zero));
}

// TwoSum (Knuth): high + low = old high + x exactly.
fn accumulate(sum: ptr<function, Accumulator>, x: vec4<f32>, zero: u32) {
  let high = (*sum).high;
  let total = opaque4(high + x, zero);
  let part = opaque4(total - high, zero);
  (*sum).low += (high - opaque4(total - part, zero)) + (x - part);
  (*sum).high = total;
}

// What a sum beyond f32 has lost is no number.
fn lost_of(sum: Accumulator) -> vec4<f32> {
  return select(vec4(0.0), sum.low, (bitcast<vec4<u32>>(sum.low) & vec4(0x7f800000u)) != vec4(0x7f800000u));
}

fn total_of(sum: Accumulator) -> vec4<f32> {
  return sum.high + lost_of(sum);
}
