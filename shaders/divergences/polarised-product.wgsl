// D(p_i || q_j) = D(p_i || c) + D(c || q_j) - sum_k x_ik y_jk, or -1 where that cancels too much to be trusted.
// Twin: src/divergences/polarisation.ts
struct Uniforms {
  rows: u32, width: u32, zero: u32, quads: u32,
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

fn store_product(i: u32, j: u32, product: f32) {
  let to = to_centre[uniforms.to_centre_start + i * uniforms.to_centre_stride];
  let onward = from_centre[uniforms.from_centre_start + j * uniforms.from_centre_stride];
  estimates[i * uniforms.width + j] = settled(to, onward, product);
}
