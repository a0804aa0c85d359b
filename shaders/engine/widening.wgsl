// Rows of f32, padded with zeros, for kernels that read no others.
// Twin: src/engine/widening.ts
struct Uniforms { rows: u32, width: u32, p_start: u32, p_stride: u32, outcomes: u32, }

@group(0) @binding(1) var<storage, read_write> widened: array<u32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let index = item_of(workgroup, groups, local);
  if (index < uniforms.rows * uniforms.width) {
    let row = index / uniforms.width;
    let k = index - row * uniforms.width;
    if (k < uniforms.outcomes) {
      widened[index] = p_at(uniforms.p_start + row * uniforms.p_stride + k);
    } else {
      widened[index] = 0u;
    }
  }
}
