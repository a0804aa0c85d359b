// The gradient in the weights of a mixture: slopes times the components, transposed.
// Twin: src/steps/mixture.ts
struct Uniforms { rows: u32, width: u32, zero: u32, slopes_start: u32, slopes_stride: u32, components_start: u32, components_stride: u32, padded: u32, }

@group(0) @binding(0) var<storage, read> x_quads: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> y_quads: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  let tiles = (uniforms.width + 3u) / 4u;
  let i = 4u * (item / tiles);
  let j = 4u * (item % tiles);
  if (i >= uniforms.rows) {
    return;
  }
  let x = tile_rows(i, uniforms.rows, uniforms.slopes_start, uniforms.slopes_stride);
  let y = tile_rows(j, uniforms.width, uniforms.components_start, uniforms.components_stride);
  let products = tile_products(x, y, uniforms.padded / 4u, uniforms.zero);
  for (var a = 0u; a < min(4u, uniforms.rows - i); a++) {
    for (var b = 0u; b < min(4u, uniforms.width - j); b++) {
      gradient[(i + a) * uniforms.width + j + b] = products[a][b];
    }
  }
}
