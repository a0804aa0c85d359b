// p_k exp(x_k) over its sum: the step of mirror descent, straight in log-probabilities. x is a double, so steps add up exactly.
// A joined piece says what x is, in units that keep every product of a step size and a gradient in f32. Twin: src/steps/tilt.ts
struct Uniforms {
  rows: u32, width: u32, zero: u32, p_start: u32, p_stride: u32, x_start: u32, x_stride: u32,
  step_high: f32, step_low: f32, largest: f32, unit: f32, per_unit: f32,
}

@group(0) @binding(0) var<storage, read> p: array<u32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> tilted: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

const LOG2: f32 = 0.6931472;
const LOWEST: f32 = -3.4028234e38;
const EXACT: f32 = 1.0e6; // nats up to which what the high part of an exponent leaves out is far below 1
const FARTHEST: f32 = 1.0e6; // nats below the greatest exponent where nothing is left
const HEADROOM: i32 = 24; // masses are 2^24 too large, so that only results too small for f32 are flushed

// Near the logarithm of p_k exp(x_k), in the units of the exponents, and never far off: the greatest sets the scale of the row.
fn size_of(p_bits: u32, exponent: f32) -> f32 {
  return exponent + LOG2 * uniforms.per_unit * f32(split(p_bits).exponent);
}

fn tilted_mass(p_bits: u32, exponent: DoubleSingle, greatest: DoubleSingle) -> f32 {
  if (p_bits == 0u) {
    return 0.0;
  }
  let weight = split(p_bits);
  let distance = add(exponent, negated(greatest), uniforms.zero);
  let e = exp_scaled(uniforms.unit * max(distance.high, -FARTHEST * uniforms.per_unit), uniforms.unit * distance.low);
  return scale(weight.mantissa * (1.0 + e.fraction), weight.exponent + e.exponent + HEADROOM);
}

// By how much the greatest exponent is above its high part.
fn rest_of(greatest: f32, p_start: u32, x_start: u32, local: u32) -> f32 {
  var rest = LOWEST;
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    if ((p[p_start + k] & 0x7fffffffu) != 0u) {
      rest = max(rest, add(exponent_at(x_start, k), DoubleSingle(-greatest, 0.0), uniforms.zero).high);
    }
  }
  return max_over_lanes(vec4(rest), local).x;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  let p_start = uniforms.p_start + row * uniforms.p_stride;
  let x_start = uniforms.x_start + row * uniforms.x_stride;
  var greatest = DoubleSingle(LOWEST, 0.0);
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    let bits = p[p_start + k] & 0x7fffffffu;
    if (bits != 0u) {
      greatest.high = max(greatest.high, size_of(bits, exponent_at(x_start, k).high));
    }
  }
  greatest.high = max_over_lanes(vec4(greatest.high), local).x;
  if (agreed(abs(greatest.high) > EXACT * uniforms.per_unit, local)) {
    greatest.low = rest_of(greatest.high, p_start, x_start, local);
  }
  var sum = Accumulator();
  for (var first = lane_of(local); first < uniforms.width; first += BLOCK * LANES) {
    var block = 0.0;
    let end = min(first + BLOCK * LANES, uniforms.width);
    for (var k = first; k < end; k += LANES) {
      block += tilted_mass(p[p_start + k] & 0x7fffffffu, exponent_at(x_start, k), greatest);
    }
    accumulate(&sum, vec4(block), uniforms.zero);
  }
  let total = sum_over_lanes(total_of(sum), local).x;
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    tilted[row * uniforms.width + k] = tilted_mass(p[p_start + k] & 0x7fffffffu, exponent_at(x_start, k), greatest) / total;
  }
}
