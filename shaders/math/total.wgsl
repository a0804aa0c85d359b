// The sum of two results, number by number; infinite where one of them is.
// Twin: src/math/total.ts
struct Uniforms { rows: u32, width: u32, x_start: u32, x_stride: u32, y_start: u32, y_stride: u32, }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> y: array<u32>;
@group(0) @binding(2) var<storage, read_write> total: array<u32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let index = item_of(workgroup, groups, local);
  if (index >= uniforms.rows * uniforms.width) {
    return;
  }
  let row = index / uniforms.width;
  let column = index % uniforms.width;
  let a = x[uniforms.x_start + row * uniforms.x_stride + column];
  let b = y[uniforms.y_start + row * uniforms.y_stride + column];
  let infinite = (a & INFINITY_BITS) == INFINITY_BITS || (b & INFINITY_BITS) == INFINITY_BITS;
  total[index] = select(bitcast<u32>(bitcast<f32>(a) + bitcast<f32>(b)), INFINITY_BITS, infinite);
}
