// Slopes of D(t || q) in q at the mixture q = w R; the mixture itself is never stored.
// A lane makes 4 rows of one quad, so that a quad of R is loaded once for 16 products. Twin: src/steps/mixture.ts
struct Uniforms {
  rows: u32, width: u32, zero: u32, w_start: u32, w_stride: u32, components_start: u32, components_stride: u32,
  targets_start: u32, targets_stride: u32, components: u32,
}

@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var<storage, read> components: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> targets: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> slopes: array<vec4<f32>>;
@group(0) @binding(4) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  let quads = uniforms.width / 4u;
  let first = 4u * (item / quads);
  let quad = item % quads;
  if (first >= uniforms.rows) {
    return;
  }
  load_constants();
  let rows = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(uniforms.rows - 1u));
  let starts = vec4(uniforms.w_start) + rows * uniforms.w_stride;
  var mixture0 = vec4(0.0);
  var mixture1 = vec4(0.0);
  var mixture2 = vec4(0.0);
  var mixture3 = vec4(0.0);
  for (var m = 0u; m < uniforms.components; m++) {
    let component = components[(uniforms.components_start + m * uniforms.components_stride) / 4u + quad];
    mixture0 += w[starts.x + m] * component;
    mixture1 += w[starts.y + m] * component;
    mixture2 += w[starts.z + m] * component;
    mixture3 += w[starts.w + m] * component;
  }
  let mixtures = array<vec4<f32>, 4>(mixture0, mixture1, mixture2, mixture3);
  for (var a = 0u; a < min(4u, uniforms.rows - first); a++) {
    let goal = targets[(uniforms.targets_start + (first + a) * uniforms.targets_stride) / 4u + quad];
    slopes[(first + a) * quads + quad] = slopes_of(goal, mixtures[a]);
  }
}
