// The order of the Chernoff information, the exponent of p, from the states of the search.
// Twin: src/divergences/chernoff-order.ts
struct Uniforms { rows: u32, state_start: u32, state_stride: u32, }

@group(0) @binding(0) var<storage, read> states: array<f32>;
@group(0) @binding(1) var<storage, read_write> orders: array<f32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row < uniforms.rows) {
    orders[row] = 1.0 - states[uniforms.state_start + row * uniforms.state_stride + 5u];
  }
}
