// D(p_i || q_j) = D(p_i || c) + D(c || q_j) - sum_k x_ik y_jk, or -1 where that cancels too much to be trusted.
// Twin: src/divergences/polarisation.ts

// The product errs by a few u (D(p||c) + D(c||q)); below a share of the detour that is too much of what is left.
fn settled(to: u32, onward: u32, product: f32) -> f32 {
  let detour = bitcast<f32>(to) + bitcast<f32>(onward);
  let divergence = detour - product;
  let finite = to != 0x7f800000u && onward != 0x7f800000u && (bitcast<u32>(divergence) & 0x7f800000u) != 0x7f800000u;
  return select(-1.0, divergence, finite && divergence > uniforms.settled_share * detour);
}

fn store_product(i: u32, j: u32, product: f32) {
  let to = to_centre[to_centre_row(i)];
  let onward = from_centre[from_centre_row(j)];
  estimates[i * uniforms.width + j] = settled(to, onward, product);
}
