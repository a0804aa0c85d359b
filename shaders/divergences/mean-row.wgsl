// The mean of rows of p and q, mixed with a little of the uniform row so that it is positive everywhere.
// Twin: src/divergences/polarisation.ts
struct Uniforms { width: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32, p_rows: u32, q_rows: u32, }

@group(0) @binding(0) var<storage, read> p: array<f32>;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

const UNIFORM_SHARE: f32 = 0.0009765625;
const UNEVENNESS: f32 = 0.000244140625;

// In [0, 1), and unlike those of other outcomes: multiples of the golden section. Of a centre that is even, products of many
// outcomes may be equal, and so their roundings, which then add up.
fn uneven(k: u32) -> f32 {
  return f32(k * 0x9e3779b9u) * 0x1p-32;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let k = item_of(workgroup, groups, local);
  if (k >= uniforms.width) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < uniforms.p_rows; row++) {
    sum += p[uniforms.p_start + row * uniforms.p_stride + k];
  }
  for (var row = 0u; row < uniforms.q_rows; row++) {
    sum += q[uniforms.q_start + row * uniforms.q_stride + k];
  }
  let mean_of_rows = (1.0 + UNEVENNESS * uneven(k)) * sum / f32(uniforms.p_rows + uniforms.q_rows);
  mean[k] = (1.0 - UNIFORM_SHARE) * mean_of_rows + (0.5 + uneven(k)) * UNIFORM_SHARE / f32(uniforms.width);
}
