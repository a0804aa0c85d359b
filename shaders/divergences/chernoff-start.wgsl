// What the search for the Chernoff order starts from: the rescaling that equals the masses, and the whole interval.
// Twin: src/divergences/chernoff-search.ts
struct Uniforms { rows: u32, outcomes: u32, zero: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32, }

@group(0) @binding(2) var<storage, read_write> states: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  let p_start = uniforms.p_start + row * uniforms.p_stride;
  let q_start = uniforms.q_start + row * uniforms.q_stride;
  let sums = mass_sums(p_start, q_start, local, SAME_MASS);
  let by = equal_masses(p_start, q_start, local, sums);
  if (lane_of(local) == 0u) {
    let at = 9u * row;
    states[at] = by.excess.high;
    states[at + 1u] = by.excess.low;
    states[at + 2u] = f32(by.shift);
    states[at + 3u] = f32(split(bitcast<u32>(sums.x)).exponent);
    states[at + 4u] = 0.5;
    states[at + 5u] = -1.0; // neither end has been tried
    states[at + 6u] = 2.0;
    states[at + 7u] = 0.0;
    states[at + 8u] = sums.w;
  }
}
