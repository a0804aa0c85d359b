// A number a row before the rest of the row.
// Twin: src/divergences/mixture-gradient.ts
struct Uniforms { rows: u32, width: u32, value_start: u32, value_stride: u32, rest_start: u32, rest_stride: u32, }

@group(0) @binding(0) var<storage, read> value: array<u32>;
@group(0) @binding(1) var<storage, read> rest: array<u32>;
@group(0) @binding(2) var<storage, read_write> joined: array<u32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (item >= uniforms.rows * uniforms.width) {
    return;
  }
  let row = item / uniforms.width;
  let column = item % uniforms.width;
  if (column == 0u) {
    joined[item] = value[uniforms.value_start + row * uniforms.value_stride];
  } else {
    joined[item] = rest[uniforms.rest_start + row * uniforms.rest_stride + column - 1u];
  }
}
