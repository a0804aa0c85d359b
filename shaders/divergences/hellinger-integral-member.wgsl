// A function of the Hellinger integral H = 1 - kappa D from the alpha-divergence D: weight D log1p(z)/z, z = -kappa D; or
// -log H / a itself, far from p = q, where 1 - kappa D would cancel or D overflows.
// Twin: src/divergences/hellinger-integral.ts
const MULTIPLE: u32 = 0u; // weight D, and nothing else
const LOGARITHM: u32 = 1u;
const LOST_MASS: u32 = 2u; // the mass of q where p is 0
const LARGE: u32 = 0x6c800000u; // 2^90

fn is_far(bits: u32) -> bool {
  if (uniforms.kind == MULTIPLE) {
    return false;
  }
  return bits >= LARGE || uniforms.kappa * bitcast<f32>(bits) > 0.5;
}

fn near_value(divergence: f32) -> f32 {
  let z = -uniforms.kappa * divergence;
  let multiple = abs(uniforms.weight) * divergence;
  if (abs(z) < 1.0e-7) {
    return multiple;
  }
  return multiple * (log1p_accurate(z) / z);
}

fn far_bits(integral: HellingerIntegral) -> u32 {
  if (uniforms.kind == LOST_MASS) {
    return result_bits(integral.lost);
  }
  if (integral.diverges || integral.vanishes) {
    return INFINITY_BITS;
  }
  if (uniforms.b_high == 0.0 && integral.lost < 0.5) {
    return result_bits(-log1p_accurate(-integral.lost));
  }
  return result_bits(scale(abs(uniforms.factor * integral.logarithm), UNIT_EXPONENT));
}

fn compute_item(row: u32, local: u32) {
  let divergence = d[d_row(row)];
  var bits = INFINITY_BITS;
  if (agreed(is_far(divergence), local)) {
    bits = far_bits(hellinger_integral(p_row(row), q_row(row), local));
  } else if (divergence != INFINITY_BITS) {
    bits = result_bits(near_value(bitcast<f32>(divergence)));
  }
  if (lane_of(local) == 0u) {
    divergences[row] = bits | select(0u, 0x80000000u, uniforms.weight < 0.0 && bits != 0u);
  }
}
