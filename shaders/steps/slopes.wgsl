// Slopes of D(t || q) in q where the state q is the distribution itself.
// Twin: src/steps/mixture.ts
struct Uniforms { rows: u32, width: u32, q_start: u32, q_stride: u32, targets_start: u32, targets_stride: u32, }

@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read_write> slopes: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  let row = item / uniforms.width;
  if (row >= uniforms.rows) {
    return;
  }
  load_constants();
  let k = item % uniforms.width;
  let t = targets[uniforms.targets_start + row * uniforms.targets_stride + k];
  slopes[item] = slopes_of(vec4(t), vec4(q[uniforms.q_start + row * uniforms.q_stride + k])).x;
}
