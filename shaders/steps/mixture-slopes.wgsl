// Slopes of D(t || q) in q at the mixture q = w R; the mixture itself is never stored.
// A lane makes 8 rows of two quads: ten loads for 64 products a component. Twin: src/steps/mixture.ts
struct Uniforms {
  rows: u32, width: u32, zero: u32, w_start: u32, w_stride: u32, components_start: u32, components_stride: u32,
  targets_start: u32, targets_stride: u32, components: u32,
}

@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var<storage, read> components: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> targets: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> slopes: array<vec4<f32>>;
@group(0) @binding(4) var<uniform> uniforms: Uniforms;

// Four rows of one quad: column a is the quad of row a.
fn outer(quad: vec4<f32>, weights: vec4<f32>) -> mat4x4<f32> {
  return mat4x4(quad * weights.x, quad * weights.y, quad * weights.z, quad * weights.w);
}

fn weights_at(starts: vec4<u32>, m: u32) -> vec4<f32> {
  return vec4(w[starts.x + m], w[starts.y + m], w[starts.z + m], w[starts.w + m]);
}

// Where the weights of 4 rows begin; beyond the edge the last row again.
fn weight_starts(first: u32) -> vec4<u32> {
  return vec4(uniforms.w_start) + min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(uniforms.rows - 1u)) * uniforms.w_stride;
}

fn write_slopes(first: u32, quad: u32, mixtures: mat4x4<f32>) {
  let quads = uniforms.width / 4u;
  for (var a = 0u; a < 4u && first + a < uniforms.rows && quad < quads; a++) {
    let goal = targets[(uniforms.targets_start + (first + a) * uniforms.targets_stride) / 4u + quad];
    slopes[(first + a) * quads + quad] = slopes_of(goal, mixtures[a]);
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  let quads = uniforms.width / 4u;
  let tiles = (quads + 1u) / 2u;
  let row = 8u * (item / tiles);
  let quad = 2u * (item % tiles);
  if (row >= uniforms.rows) {
    return;
  }
  load_constants();
  let upper = weight_starts(row);
  let lower = weight_starts(row + 4u);
  var m00 = mat4x4<f32>();
  var m01 = mat4x4<f32>();
  var m10 = mat4x4<f32>();
  var m11 = mat4x4<f32>();
  for (var m = 0u; m < uniforms.components; m++) {
    let start = (uniforms.components_start + m * uniforms.components_stride) / 4u;
    let left = components[start + quad];
    let right = components[start + min(quad + 1u, quads - 1u)];
    let above = weights_at(upper, m);
    let below = weights_at(lower, m);
    m00 += outer(left, above);
    m01 += outer(right, above);
    m10 += outer(left, below);
    m11 += outer(right, below);
  }
  write_slopes(row, quad, m00);
  write_slopes(row, quad + 1u, m01);
  write_slopes(row + 4u, quad, m10);
  write_slopes(row + 4u, quad + 1u, m11);
}
