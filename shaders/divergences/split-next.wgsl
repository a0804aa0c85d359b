// A sweep over a part of a long row, with what the sweeps before it found in all parts.
// Twin: src/divergences/split-rows.ts
struct Uniforms {
  rows: u32, outcomes: u32, zero: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32,
  part_length: u32, parts: u32, again: u32, symmetric: u32,
}

@group(0) @binding(2) var<storage, read> first: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> latest: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> partial_sums: array<vec4<f32>>;
@group(0) @binding(5) var<uniform> uniforms: Uniforms;

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
  var of_row = PartialSums(first[2u * row * uniforms.parts], first[2u * row * uniforms.parts + 1u]);
  var sums = latest[2u * row * uniforms.parts];
  for (var part = 1u; part < uniforms.parts; part++) {
    let at = 2u * (row * uniforms.parts + part);
    of_row = joined(of_row, PartialSums(first[at], first[at + 1u]));
    sums += latest[at];
  }
  let p_start = uniforms.p_start + row * uniforms.p_stride + offset;
  let q_start = uniforms.q_start + row * uniforms.q_stride + offset;
  let found = next_sums(p_start, q_start, local, of_row, sums, latest[2u * item]);
  if (lane_of(local) == 0u) {
    partial_sums[2u * item] = found;
    partial_sums[2u * item + 1u] = vec4(0.0);
  }
}
