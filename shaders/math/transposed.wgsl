// Columns of x as rows.
// Twin: src/math/transposed.ts
struct Uniforms { rows: u32, width: u32, x_start: u32, x_stride: u32, column_start: u32, column_stride: u32, }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> columns: array<u32>;
@group(0) @binding(2) var<storage, read_write> transposed: array<u32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (item < uniforms.rows * uniforms.width) {
    let column = columns[uniforms.column_start + (item / uniforms.width) * uniforms.column_stride];
    transposed[item] = x[uniforms.x_start + (item % uniforms.width) * uniforms.x_stride + column];
  }
}
