// Sums what strips of a batch have left for each entry, in their order.
// Twin: src/linear/strips.ts
struct Uniforms { rows: u32, width: u32, zero: u32, state_start: u32, state_stride: u32, terms: u32, pitch: u32, }

@group(0) @binding(0) var<storage, read> state: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (item >= uniforms.rows * uniforms.width) {
    return;
  }
  let start = uniforms.state_start + (item / uniforms.width) * uniforms.state_stride + item % uniforms.width;
  var sum = Accumulator();
  for (var term = 0u; term < uniforms.terms; term++) {
    accumulate(&sum, vec4(state[start + term * uniforms.pitch]), uniforms.zero);
  }
  sums[item] = total_of(sum).x;
}
