// The divergence of a long row from the sums of its parts.
// Twin: src/divergences/split-rows.ts
struct Uniforms {
  rows: u32, outcomes: u32, zero: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32,
  part_length: u32, parts: u32, again: u32, symmetric: u32,
}

@group(0) @binding(3) var<storage, read> latest: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> divergences: array<u32>;
@group(0) @binding(5) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  symmetric = uniforms.symmetric == 1u;
  load_constants();
  var sums = vec4(0.0);
  for (var part = 0u; part < uniforms.parts; part++) {
    sums += latest[2u * (row * uniforms.parts + part)];
  }
  let bits = bits_of_divergence(sums);
  if (lane_of(local) == 0u) {
    divergences[row] = bits;
  }
}
