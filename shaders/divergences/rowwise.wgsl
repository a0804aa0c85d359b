// One divergence a row of the batch.
// Twin: src/divergences/row-divergence.ts
struct Uniforms { rows: u32, outcomes: u32, zero: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32, symmetric: u32, }

@group(0) @binding(2) var<storage, read_write> divergences: array<u32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (is_idle(item, uniforms.rows)) {
    return;
  }
  let row = row_of(item, uniforms.rows);
  outcomes = uniforms.outcomes;
  symmetric = uniforms.symmetric == 1u;
  let bits = row_divergence(uniforms.p_start + row * uniforms.p_stride, uniforms.q_start + row * uniforms.q_stride, local);
  if (lane_of(local) == 0u && item == row) {
    divergences[row] = bits;
  }
}
