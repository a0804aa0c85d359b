// Fisher information of categorical rows; an invocation writes one entry.
// Twin: src/geometry/fisher-information.ts

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
  let others = mass[mass_row(row) + 1u];
  let mode = u32(mass[mass_row(row) + 2u]);
  return (x / total) * (select(total - x, others, i == mode) / total);
}

fn element(row: u32, entry: u32) -> u32 {
  let i = entry / uniforms.dimension;
  let j = entry % uniforms.dimension;
  let start = p_row(row);
  let total = mass[mass_row(row)];
  if (uniforms.in_eta != 0u) {
    return in_eta(start, i, j, total);
  }
  return bitcast<u32>(in_theta(start, row, i, j, total));
}
