// Rows of x by a list of indices.
// Twin: src/math/take.ts
struct Uniforms { rows: u32, width: u32, x_start: u32, x_stride: u32, index_start: u32, index_stride: u32, }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> taken: array<u32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (item >= uniforms.rows * uniforms.width) {
    return;
  }
  let row = index[uniforms.index_start + (item / uniforms.width) * uniforms.index_stride];
  taken[item] = x[uniforms.x_start + row * uniforms.x_stride + item % uniforms.width];
}
