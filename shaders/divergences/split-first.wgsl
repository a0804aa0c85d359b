// What is to be known first of a part of a long row; parts go to invocations of their own.
// Twin: src/divergences/split-rows.ts
struct Uniforms {
  rows: u32, outcomes: u32, zero: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32,
  part_length: u32, parts: u32, again: u32, symmetric: u32,
}

@group(0) @binding(2) var<storage, read_write> partial_sums: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (is_idle(item, uniforms.rows * uniforms.parts)) {
    return;
  }
  let row = item / uniforms.parts;
  let offset = item % uniforms.parts * uniforms.part_length;
  outcomes = min(uniforms.part_length, uniforms.outcomes - offset);
  symmetric = uniforms.symmetric == 1u;
  load_constants();
  let part = first_partial_sums(uniforms.p_start + row * uniforms.p_stride + offset, uniforms.q_start + row * uniforms.q_stride + offset, local);
  if (lane_of(local) == 0u) {
    partial_sums[2u * item] = part.sums;
    partial_sums[2u * item + 1u] = part.more;
  }
}
