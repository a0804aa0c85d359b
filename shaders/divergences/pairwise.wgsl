// Divergences of all pairs, each evaluated directly.
// Twin: src/divergences/divergence-matrix.ts
struct Uniforms { rows: u32, width: u32, outcomes: u32, zero: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32, exchanged: u32, }

@group(0) @binding(2) var<storage, read_write> divergences: array<u32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let cell = item_of(workgroup, groups, local);
  let i = cell / uniforms.width;
  if (i >= uniforms.rows) {
    return;
  }
  let j = cell % uniforms.width;
  outcomes = uniforms.outcomes;
  let of_p = select(i, j, uniforms.exchanged == 1u);
  let of_q = select(j, i, uniforms.exchanged == 1u);
  let bits = row_divergence(uniforms.p_start + of_p * uniforms.p_stride, uniforms.q_start + of_q * uniforms.q_stride, local);
  if (lane_of(local) == 0u) {
    divergences[cell] = bits;
  }
}
