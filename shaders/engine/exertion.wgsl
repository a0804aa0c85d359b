// As much arithmetic an outcome as a divergence of rows has, to see what it costs on a device.
// Twin: src/engine/exertion.ts
struct Uniforms { rows: u32, outcomes: u32, p_start: u32, }

@group(0) @binding(0) var<storage, read> p: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  var sum = vec4(0.0);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    var x = vec4(p[uniforms.p_start + k]) + sum;
    for (var turn = 0u; turn < 25u; turn++) { // 100 multiply-adds
      x = fma(x, vec4(0.5, 0.25, 0.125, 0.0625), vec4(0.25));
    }
    sum += x;
  }
  let total = sum_over_lanes(sum, local);
  if (lane_of(local) == 0u) {
    sums[row] = total.x + total.y + total.z + total.w;
  }
}
