// Features of a row about a centre: sqrt(c_k) T(log(p_k / c_k)) of rows of one mass, padded with zeros to a multiple of 4.
// p_k minus c_k is formed before anything is rounded: of near rows a share in f32 would leave no digit of it.
// Twin: src/divergences/polarisation.ts
const MAGNITUDE: u32 = 0x7fffffffu;

// p_k in units of 2^shift.
fn entry_at(k: u32, shift: i32) -> f32 {
  let x = split(p[k] & MAGNITUDE);
  return scale(x.mantissa, x.exponent - shift);
}

fn greatest_exponent(start: u32, local: u32) -> i32 {
  var greatest = -300.0;
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    greatest = max(greatest, f32(split(p[start + k] & MAGNITUDE).exponent));
  }
  return i32(max_over_lanes(vec4(greatest), local).x);
}

// Sums of p_k - (1 + excess) c_k, of p_k in units of 2^shift, and of c_k.
fn sums_of(start: u32, excess: f32, shift: i32, local: u32) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let own = entry_at(start + k, shift);
    let c = bitcast<f32>(centre[k]);
    let product = two_product(excess, c, uniforms.zero);
    accumulate(&sum, vec4(((own - c) - product.high) - product.low, own, c, 0.0), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

// 2^shift (1 + excess): the mass of the row over that of the centre. From the masses, and then what their rounding left out.
struct MassRatio { excess: DoubleSingle, inverse: f32, shift: i32, }

fn mass_ratio(start: u32, local: u32) -> MassRatio {
  let unit = greatest_exponent(start, local);
  let masses = sums_of(start, 0.0, unit, local);
  let quotient = split(bitcast<u32>(masses.y / masses.z));
  let step = select(0, 1, quotient.mantissa > 1.41421354);
  let shift = unit + quotient.exponent + step;
  let excess = quotient.mantissa * power_of_two(-step) - 1.0;
  let rest = sums_of(start, excess, shift, local);
  let refined = two_sum(excess, rest.x / rest.z, uniforms.zero);
  return MassRatio(refined, 1.0 / (1.0 + refined.high), shift);
}

// c and p / ratio, reduced: d = (p - u - excess u) / (1 + excess) for u = 2^k c.
fn pair_at(p_bits: u32, centre_bits: u32, ratio: MassRatio) -> Pair {
  let c = split(centre_bits);
  let x = split(p_bits);
  let exponent = x.exponent - ratio.shift;
  let t = x.mantissa * ratio.inverse;
  var step = select(select(0, -1, t < c.mantissa), -2, t < 0.5 * c.mantissa);
  step = select(step, 1, t >= 2.0 * c.mantissa);
  let towards_c = exponent - c.exponent + step;
  step += select(0, 1, towards_c < 0 && t != c.mantissa * power_of_two(step));
  let u = c.mantissa * power_of_two(step);
  let product = two_product(ratio.excess.high, u, uniforms.zero);
  let d = (((x.mantissa - u) - product.high) - (product.low + ratio.excess.low * u)) * ratio.inverse;
  return Pair(bitcast<f32>(centre_bits), t, u, d, d / fma(2.0, u, d), exponent - c.exponent + step, exponent);
}

fn feature(p_bits: u32, centre_bits: u32, ratio: MassRatio) -> f32 {
  let root = sqrt_accurate(bitcast<f32>(centre_bits));
  if (p_bits == 0u) {
    // T_c(-infinity) = -1/c; where it is infinite, so is the divergence from the centre, and the pair is settled directly.
    return select(0.0, -root / deformation(), deformation() > 0.0);
  }
  return root * deformed_log_ratio(pair_at(p_bits, centre_bits, ratio));
}

fn compute_item(row: u32, local: u32) {
  load_constants();
  let start = p_row(row);
  let ratio = mass_ratio(start, local);
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    var value = 0.0;
    if (k < uniforms.outcomes) {
      value = feature(p[start + k] & MAGNITUDE, centre[k], ratio);
    }
    features[row * uniforms.width + k] = value;
  }
}
