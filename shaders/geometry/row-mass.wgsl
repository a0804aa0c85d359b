// The mass of a row, of its largest entry's complement, and where that entry is: 1 - p keeps its digits when p is next to 1.
// Twin: src/geometry/row-mass.ts
struct Uniforms { rows: u32, zero: u32, p_start: u32, p_stride: u32, outcomes: u32, }

@group(0) @binding(0) var<storage, read> p: array<f32>;
@group(0) @binding(1) var<storage, read_write> masses: array<f32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

fn weight(start: u32, k: u32) -> f32 {
  return p[start + k];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  let start = uniforms.p_start + row * uniforms.p_stride;
  let mode = mode_of(start, uniforms.outcomes, local);
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let x = weight(start, k);
    accumulate(&sum, vec4(x, select(x, 0.0, k == mode), 0.0, 0.0), uniforms.zero);
  }
  let sums = sum_over_lanes(total_of(sum), local);
  if (lane_of(local) == 0u) {
    masses[3u * row] = sums.x;
    masses[3u * row + 1u] = sums.y;
    masses[3u * row + 2u] = f32(mode);
  }
}
