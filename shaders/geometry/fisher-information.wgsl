// Fisher information of categorical rows; an invocation writes one entry.
// Twin: src/geometry/fisher-information.ts
struct Uniforms { rows: u32, p_start: u32, p_stride: u32, mass_start: u32, mass_stride: u32, outcomes: u32, dimension: u32, in_eta: u32, }

@group(0) @binding(0) var<storage, read> p: array<u32>;
@group(0) @binding(1) var<storage, read> mass: array<f32>;
@group(0) @binding(2) var<storage, read_write> information: array<u32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

// total / p_k, infinite where p_k is 0.
fn reciprocal(bits: u32, total: f32) -> f32 {
  let x = split(bits & 0x7fffffffu);
  return scale(total / x.mantissa, -x.exponent);
}

// G = diag(1/eta) + 1/p_K: the metric in expectation coordinates.
fn in_eta(start: u32, i: u32, j: u32, total: f32) -> u32 {
  let last = p[start + uniforms.outcomes - 1u];
  let own = p[start + i];
  if ((last << 1u) == 0u || (i == j && (own << 1u) == 0u)) {
    return INFINITY_BITS;
  }
  let rest = reciprocal(last, total);
  if (i != j) {
    return result_bits(rest);
  }
  return result_bits(rest + reciprocal(own, total));
}

// F = diag(p) - p p^T: the metric in natural coordinates and in logits.
fn in_theta(start: u32, row: u32, i: u32, j: u32, total: f32) -> f32 {
  let x = bitcast<f32>(p[start + i]);
  if (i != j) {
    return -(x / total) * (bitcast<f32>(p[start + j]) / total);
  }
  let others = mass[uniforms.mass_start + row * uniforms.mass_stride + 1u];
  let mode = u32(mass[uniforms.mass_start + row * uniforms.mass_stride + 2u]);
  return (x / total) * (select(total - x, others, i == mode) / total);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  let entries = uniforms.dimension * uniforms.dimension;
  let row = item / entries;
  if (row >= uniforms.rows) {
    return;
  }
  let i = (item % entries) / uniforms.dimension;
  let j = item % uniforms.dimension;
  let start = uniforms.p_start + row * uniforms.p_stride;
  let total = mass[uniforms.mass_start + row * uniforms.mass_stride];
  if (uniforms.in_eta != 0u) {
    information[item] = in_eta(start, i, j, total);
  } else {
    information[item] = bitcast<u32>(in_theta(start, row, i, j, total));
  }
}
