// D(p_i || q_j) = D(p_i || c) + D(c || q_j) - sum_k x_ik y_jk, or -1 where that cancels too much to be trusted.
// Twin: src/divergences/polarisation.ts
struct Uniforms {
  rows: u32, width: u32, zero: u32, features: u32,
  x_start: u32, x_stride: u32, y_start: u32, y_stride: u32,
  to_centre_start: u32, to_centre_stride: u32, from_centre_start: u32, from_centre_stride: u32, settled_share: f32,
}

@group(0) @binding(0) var<storage, read> x_quads: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> y_quads: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> to_centre: array<u32>;
@group(0) @binding(3) var<storage, read> from_centre: array<u32>;
@group(0) @binding(4) var<storage, read_write> estimates: array<f32>;
@group(0) @binding(5) var<uniform> uniforms: Uniforms;

// The product errs by a few u (D(p||c) + D(c||q)); below a share of the detour that is too much of what is left.
fn settled(to: u32, onward: u32, product: f32) -> f32 {
  let detour = bitcast<f32>(to) + bitcast<f32>(onward);
  let divergence = detour - product;
  let finite = to != 0x7f800000u && onward != 0x7f800000u && (bitcast<u32>(divergence) & 0x7f800000u) != 0x7f800000u;
  return select(-1.0, divergence, finite && divergence > uniforms.settled_share * detour);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  let tiles = (uniforms.width + 3u) / 4u;
  let i = 4u * (item / tiles);
  let j = 4u * (item % tiles);
  if (i >= uniforms.rows) {
    return;
  }
  let x = tile_rows(i, uniforms.rows, uniforms.x_start, uniforms.x_stride);
  let y = tile_rows(j, uniforms.width, uniforms.y_start, uniforms.y_stride);
  let products = tile_products(x, y, uniforms.features / 4u, uniforms.zero);
  for (var a = 0u; a < min(4u, uniforms.rows - i); a++) {
    let to = to_centre[uniforms.to_centre_start + (i + a) * uniforms.to_centre_stride];
    for (var b = 0u; b < min(4u, uniforms.width - j); b++) {
      let onward = from_centre[uniforms.from_centre_start + (j + b) * uniforms.from_centre_stride];
      estimates[(i + a) * uniforms.width + j + b] = settled(to, onward, products[a][b]);
    }
  }
}
