// Nats as bits: x times 1/log 2 in two parts, rounded once.
// Twin: src/math/bits.ts
struct Uniforms { rows: u32, width: u32, zero: u32, x_start: u32, x_stride: u32, }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> in_bits: array<u32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

const INFINITY_BITS: u32 = 0x7f800000u;
const INVERSE_LOG2_HIGH: f32 = 1.44269502;
const INVERSE_LOG2_LOW: f32 = 1.92596303e-8;

fn is_finite(bits: u32) -> bool {
  return (bits & INFINITY_BITS) != INFINITY_BITS;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (item >= uniforms.rows * uniforms.width) {
    return;
  }
  let given = x[uniforms.x_start + (item / uniforms.width) * uniforms.x_stride + item % uniforms.width];
  if (!is_finite(given)) {
    in_bits[item] = given;
    return;
  }
  let nats = bitcast<f32>(given);
  let product = two_product(nats, INVERSE_LOG2_HIGH, uniforms.zero);
  let high = bitcast<u32>(product.high);
  let whole = bitcast<u32>(product.high + (product.low + nats * INVERSE_LOG2_LOW));
  in_bits[item] = select((given & 0x80000000u) | INFINITY_BITS, whole, is_finite(high) && is_finite(whole));
}
