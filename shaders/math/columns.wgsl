// Columns of rows.
// Twin: src/math/columns.ts
struct Uniforms { rows: u32, width: u32, x_start: u32, x_stride: u32, column: u32, }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> columns: array<u32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (item < uniforms.rows * uniforms.width) {
    columns[item] = x[uniforms.x_start + (item / uniforms.width) * uniforms.x_stride + uniforms.column + item % uniforms.width];
  }
}
