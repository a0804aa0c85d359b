// Counts with a constant added to each.
// Twin: src/divergences/population-stability-index.ts (smoothed)
struct Uniforms { rows: u32, width: u32, p_start: u32, p_stride: u32, smoothing: f32, }

@group(0) @binding(0) var<storage, read> p: array<f32>;
@group(0) @binding(1) var<storage, read_write> smoothed: array<f32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let index = item_of(workgroup, groups, local);
  if (index < uniforms.rows * uniforms.width) {
    let row = index / uniforms.width;
    smoothed[index] = p[uniforms.p_start + row * uniforms.p_stride + (index - row * uniforms.width)] + uniforms.smoothing;
  }
}
