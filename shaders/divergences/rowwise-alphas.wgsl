// One divergence a row of the batch, each row with the table of its own alpha.
// Twin: src/divergences/alpha-rows.ts
struct Uniforms { rows: u32, outcomes: u32, zero: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32, slots_start: u32, slots_stride: u32, }

@group(0) @binding(2) var<storage, read> tables: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> slots: array<f32>;
@group(0) @binding(4) var<storage, read_write> divergences: array<u32>;
@group(0) @binding(5) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  outcomes = uniforms.outcomes;
  table_start = TABLE_LENGTH * u32(slots[uniforms.slots_start + row * uniforms.slots_stride]);
  let bits = row_divergence(uniforms.p_start + row * uniforms.p_stride, uniforms.q_start + row * uniforms.q_stride, local);
  if (lane_of(local) == 0u) {
    divergences[row] = bits;
  }
}
