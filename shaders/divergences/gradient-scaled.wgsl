// A gradient in logits over a temperature T as one in the logits themselves: over T, but for the value that stands before it.
// Twin: src/divergences/gradient-scaled.ts
struct Uniforms { rows: u32, width: u32, x_start: u32, x_stride: u32, values: u32, factor: f32, }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> scaled: array<u32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (item >= uniforms.rows * uniforms.width) {
    return;
  }
  let column = item % uniforms.width;
  let bits = x[uniforms.x_start + (item / uniforms.width) * uniforms.x_stride + column];
  let infinite = (bits & 0x7f800000u) == 0x7f800000u;
  scaled[item] = select(bitcast<u32>(bitcast<f32>(bits) * uniforms.factor), bits, infinite || column < uniforms.values);
}
