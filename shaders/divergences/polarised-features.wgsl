// Features of a row about a centre: sqrt(c_k) T(log(p_k / c_k)) of the normalised row, padded with zeros to a multiple of 4.
// Twin: src/divergences/polarisation.ts
struct Uniforms { rows: u32, width: u32, zero: u32, p_start: u32, p_stride: u32, outcomes: u32, }

@group(0) @binding(0) var<storage, read> p: array<u32>;
@group(0) @binding(1) var<storage, read> centre: array<u32>;
@group(0) @binding(2) var<storage, read_write> features: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

const MAGNITUDE: u32 = 0x7fffffffu;

fn row_mass(start: u32, local: u32) -> f32 {
  var sum = Accumulator();
  for (var first = lane_of(local); first < uniforms.outcomes; first += BLOCK * LANES) {
    var block = 0.0;
    let end = min(first + BLOCK * LANES, uniforms.outcomes);
    for (var k = first; k < end; k += LANES) {
      block += bitcast<f32>(p[start + k] & MAGNITUDE);
    }
    accumulate(&sum, vec4(block), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local).x;
}

fn feature(p_bits: u32, centre_bits: u32, mass: f32) -> f32 {
  let root = sqrt_accurate(bitcast<f32>(centre_bits));
  let x = bitcast<f32>(p_bits) / mass;
  if (p_bits == 0u || x <= 0.0) {
    // T_c(-infinity) = -1/c; where it is infinite, so is the divergence from the centre, and the pair is settled directly.
    return select(0.0, -root / deformation(), deformation() > 0.0);
  }
  return root * deformed_log_ratio(pair_of(centre_bits, bitcast<u32>(x)));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  load_constants();
  let start = uniforms.p_start + row * uniforms.p_stride;
  let mass = row_mass(start, local);
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    var value = 0.0;
    if (k < uniforms.outcomes) {
      value = feature(p[start + k] & MAGNITUDE, centre[k], mass);
    }
    features[row * uniforms.width + k] = value;
  }
}
