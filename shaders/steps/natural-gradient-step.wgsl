// One natural-gradient step along the m-geodesic or the Levi-Civita geodesic; what leaves the simplex is cut off at 0.
// Twin: src/steps/natural-gradient-step.ts
struct Uniforms {
  rows: u32, width: u32, zero: u32, p_start: u32, p_stride: u32, gradient_start: u32, gradient_stride: u32,
  along_m: u32, step_mantissa: f32, step_exponent: i32,
}

@group(0) @binding(0) var<storage, read> p: array<u32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> stepped: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

const HALF_PI: f32 = 1.5707964;

// Steps that are large are in units of 2^exponent: what a row becomes depends on their proportions alone.
struct Move { total: f32, origin: f32, exponent: i32, mean: f32, cosine: f32, sinc: f32, }

const LARGEST_EXPONENT: i32 = 50; // of a step in its units, whose square is still in f32

fn weight(start: u32, k: u32) -> f32 {
  return bitcast<f32>(p[start + k] & 0x7fffffffu);
}

// A quarter of the gradient, so that differences are in f32.
fn slope(start: u32, k: u32) -> f32 {
  return 0.25 * gradient[start + k];
}

// The exponent of the units: 0 unless a step is beyond LARGEST_EXPONENT.
fn exponent_of_units(p_start: u32, g_start: u32, origin: f32, local: u32) -> i32 {
  var largest = 0.0;
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    if (weight(p_start, k) > 0.0) {
      largest = max(largest, abs(slope(g_start, k) - origin));
    }
  }
  largest = max_over_lanes(vec4(largest), local).x;
  return max(0, split(bitcast<u32>(largest)).exponent + 2 + uniforms.step_exponent - LARGEST_EXPONENT);
}

// stepSize times the gradient less its mean; of an outcome without mass, where it may be beyond f32, nothing.
fn centred(p_start: u32, start: u32, k: u32, by: Move) -> f32 {
  if (!(weight(p_start, k) > 0.0)) {
    return 0.0;
  }
  return scale(uniforms.step_mantissa * (slope(start, k) - by.origin), 2 + uniforms.step_exponent - by.exponent) - by.mean;
}

fn sine_small(x: f32) -> f32 {
  let t = x * x;
  return x * fma(t, fma(t, fma(t, -0.00019501822, 0.00833201645), -0.166666502), 1.0);
}

fn cosine_small(x: f32) -> f32 {
  let t = x * x;
  return fma(t, fma(t, fma(t, fma(t, 2.43726791e-5, -0.00138865291), 0.0416666132), -0.499999996), 1.0);
}

fn sine(x: f32) -> f32 { // 0 <= x <= pi/2
  return select(cosine_small(HALF_PI - x), sine_small(x), x <= 0.5 * HALF_PI);
}

fn cosine(x: f32) -> f32 {
  return select(sine_small(HALF_PI - x), cosine_small(x), x <= 0.5 * HALF_PI);
}

// m: p (1 - eta (g - E g)).   Levi-Civita: the square of sqrt p (cos r - eta/2 (g - E g) sin r / r).
fn moved(p_k: f32, excess: f32, by: Move) -> f32 {
  if (uniforms.along_m != 0u) {
    return (p_k / by.total) * max(0.0, scale(1.0, -by.exponent) - excess);
  }
  let factor = max(0.0, scale(by.cosine, -by.exponent) - 0.5 * by.sinc * excess);
  return (p_k / by.total) * factor * factor;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item_of(workgroup, groups, local);
  if (row >= uniforms.rows) {
    return;
  }
  let p_start = uniforms.p_start + row * uniforms.p_stride;
  let g_start = uniforms.gradient_start + row * uniforms.gradient_stride;
  // A constant in the gradient means nothing; from the mode, what is left keeps its digits when the mode has all the mass.
  let origin = slope(g_start, mode_of(p_start, uniforms.width, local));
  var by = Move(1.0, origin, exponent_of_units(p_start, g_start, origin, local), 0.0, 1.0, 1.0);
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    accumulate(&sum, vec4(weight(p_start, k), weight(p_start, k) * centred(p_start, g_start, k, by), 0.0, 0.0), uniforms.zero);
  }
  let sums = sum_over_lanes(total_of(sum), local);
  by.total = sums.x;
  by.mean = sums.y / sums.x;
  var square = Accumulator();
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    let excess = centred(p_start, g_start, k, by);
    accumulate(&square, vec4((weight(p_start, k) / by.total) * excess * excess), uniforms.zero);
  }
  let r = min(scale(min(0.5 * sqrt_accurate(sum_over_lanes(total_of(square), local).x), 4.0), min(by.exponent, 100)), HALF_PI);
  by.cosine = cosine(r);
  by.sinc = select(sine(r) / r, 1.0, r < 1.0e-4);
  var mass = Accumulator();
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    accumulate(&mass, vec4(moved(weight(p_start, k), centred(p_start, g_start, k, by), by)), uniforms.zero);
  }
  let total = sum_over_lanes(total_of(mass), local).x;
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    stepped[row * uniforms.width + k] = moved(weight(p_start, k), centred(p_start, g_start, k, by), by) / total;
  }
}
