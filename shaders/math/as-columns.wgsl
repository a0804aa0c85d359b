// Rows of one number as the columns of a row.
// Twin: src/math/exact-sum.ts
struct Uniforms { width: u32, x_start: u32, x_stride: u32, }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> columns: array<u32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let column = item_of(workgroup, groups, local);
  if (column < uniforms.width) {
    columns[column] = x[uniforms.x_start + column * uniforms.x_stride];
  }
}
