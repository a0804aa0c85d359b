// Rows over their mass; padded with zeros to a multiple of four numbers where products read quads.
// Twin: src/steps/mixture.ts
struct Uniforms { rows: u32, width: u32, zero: u32, p_start: u32, p_stride: u32, outcomes: u32, }

@group(0) @binding(0) var<storage, read> p: array<u32>;
@group(0) @binding(1) var<storage, read_write> normalised: array<f32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;

fn weight(start: u32, k: u32) -> f32 {
  return bitcast<f32>(p[start + k] & 0x7fffffffu);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  let start = uniforms.p_start + row * uniforms.p_stride;
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, vec4(weight(start, k)), uniforms.zero);
  }
  let total = sum_over_lanes(total_of(sum), local).x;
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    var value = 0.0;
    if (k < uniforms.outcomes) {
      value = weight(start, k) / total;
    }
    normalised[row * uniforms.width + k] = value;
  }
}
