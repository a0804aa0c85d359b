// The Fisher information of a row times a vector, in O(K) and without the matrix.
// Twin: src/geometry/fisher-vector-product.ts
struct Uniforms {
  rows: u32, width: u32, zero: u32, p_start: u32, p_stride: u32, v_start: u32, v_stride: u32, outcomes: u32, coordinates: u32,
}

@group(0) @binding(0) var<storage, read> p: array<u32>;
@group(0) @binding(1) var<storage, read> v: array<f32>;
@group(0) @binding(2) var<storage, read_write> product: array<u32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

const ETA: u32 = 1u;

fn weight(start: u32, k: u32) -> f32 {
  return bitcast<f32>(p[start + k] & 0x7fffffffu);
}

// x / p_k times the row's mass: 0 for x = 0, infinite where p_k is 0.
fn over_probability(x: f32, bits: u32, total: f32) -> u32 {
  let sign = bitcast<u32>(x) & 0x80000000u;
  if (x == 0.0) {
    return 0u;
  }
  if ((bits << 1u) == 0u) {
    return sign | INFINITY_BITS;
  }
  let y = split(bits & 0x7fffffffu);
  return sign | result_bits(scale((abs(x) / y.mantissa) * total, -y.exponent));
}

// The sum of two numbers of which either may be infinite; the first one wins, so that there is no NaN.
fn sum_bits(x: u32, y: u32) -> u32 {
  if ((x & INFINITY_BITS) == INFINITY_BITS) {
    return x;
  }
  if ((y & INFINITY_BITS) == INFINITY_BITS) {
    return y;
  }
  return bitcast<u32>(bitcast<f32>(x) + bitcast<f32>(y));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  let p_start = uniforms.p_start + row * uniforms.p_stride;
  let v_start = uniforms.v_start + row * uniforms.v_stride;
  // A constant in v adds nothing; from the mode, what is left keeps its digits when the mode has all the mass.
  var origin = 0.0;
  let mode = mode_of(p_start, uniforms.outcomes, local);
  if (uniforms.coordinates != ETA && mode < uniforms.width) {
    origin = v[v_start + mode];
  }
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    var y = -origin; // in theta the last coordinate is 0
    if (k < uniforms.width) {
      y = v[v_start + k] - origin;
    }
    let x = weight(p_start, k);
    accumulate(&sum, vec4(x, x * y, y, 0.0), uniforms.zero);
  }
  let sums = sum_over_lanes(total_of(sum), local);
  let rest = over_probability(sums.z, p[p_start + uniforms.outcomes - 1u], sums.x);
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    let at = row * uniforms.width + k;
    let y = v[v_start + k] - origin;
    if (uniforms.coordinates == ETA) {
      product[at] = sum_bits(over_probability(y, p[p_start + k], sums.x), rest);
    } else {
      product[at] = bitcast<u32>((weight(p_start, k) / sums.x) * (y - sums.y / sums.x));
    }
  }
}
