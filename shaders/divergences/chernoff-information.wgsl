// C = -log Z, Z = sum p^b q^a at the exponent a that the search has found, b = 1 - a; from 1 - Z = sum (b p + a q - p^b q^a),
// whose terms are never negative and do not cancel.
// Twin: src/math/chernoff.ts

// G of phi = d s G(s) for |s| <= 1/3, and for ratios 2^k, k = -2 to 2, at p = 1: b + a 2^k - 2^(a k), its slope, and its
// curvature over that at 1.
struct Powers { value: array<f32, 5>, slope: array<f32, 5>, curvature: array<f32, 5>, }
var<private> series: array<f32, 16>;
var<private> powers: Powers;
var<private> exponents: vec2<f32>; // a, b

fn series_at(s: f32) -> f32 {
  var g = series[15];
  for (var k = 14i; k >= 0; k--) {
    g = fma(g, s, series[k]);
  }
  return g;
}

// g_0 = 1, g_1 = alpha/3, (k + 3) g_(k+1) = alpha g_k + k g_(k-1); then the three-point identity from each ratio to the next.
fn load_exponent(found: f32) {
  let a = round(found * 16777216.0) / 16777216.0; // so that 1 - a is exact
  exponents = vec2(a, 1.0 - a);
  let alpha = a - exponents.y;
  series[0] = 1.0;
  series[1] = alpha / 3.0;
  for (var k = 1i; k < 15; k++) {
    series[k + 1] = (alpha * series[k] + f32(k) * series[k - 1]) / f32(k + 3);
  }
  let ab = a * exponents.y;
  for (var k = 0i; k < 5; k++) {
    let growth = expm1_accurate(-exponents.y * f32(k - 2) * 0.693147181);
    powers.slope[k] = -a * growth;
    powers.curvature[k] = ab * (1.0 + growth);
  }
  let up = series_at(0.333333343) / 3.0;
  let down = series_at(-0.333333343) / 3.0;
  powers.value[2] = 0.0;
  powers.value[3] = ab * up;
  powers.value[4] = powers.value[3] + 2.0 * fma(powers.curvature[3], up, powers.slope[3]);
  powers.value[1] = 0.5 * ab * down;
  powers.value[0] = powers.value[1] - 0.25 * (powers.slope[1] - powers.curvature[1] * down);
}

// c L + (1 - c) S - L^c S^(1-c) for L >= 8 S, x = log(L/S).
fn far_loss(larger: f32, smaller: f32, c: f32, x: f32) -> f32 {
  if (c < 0.65) {
    return c * (larger - smaller) - select(smaller * expm1_accurate(c * min(x, 60.0)), 0.0, x > 60.0);
  }
  return -larger * expm1_accurate((c - 1.0) * x) - (1.0 - c) * (larger - smaller);
}

fn loss_of(pair: Pair, x: f32) -> f32 {
  if (abs(pair.k) <= 2) {
    let at = pair.k + 2;
    let grown = pair.d * power_of_two(pair.k);
    let value = fma(grown, fma(powers.curvature[at] * pair.s, series_at(pair.s), powers.slope[at]), pair.u * powers.value[at]);
    return scale(value, pair.exponent - pair.k);
  }
  let small = power_of_two(-min(abs(pair.k), 100));
  if (pair.k > 0) {
    return scale(far_loss(pair.u + pair.d, pair.u * small, exponents.x, x), pair.exponent);
  }
  return scale(far_loss(pair.u, (pair.u + pair.d) * small, exponents.y, -x), pair.exponent - pair.k);
}

// loss, Z, mass of p, mass of q minus mass of p
fn outcome(p_bits: u32, q_bits: u32, by: Rescaling) -> vec4<f32> {
  if (p_bits == 0u || q_bits == 0u) {
    let masses = masses_by(p_bits, q_bits, by);
    return vec4(exponents.y * masses.x + exponents.x * masses.z, 0.0, masses.x, masses.y);
  }
  let pair = pair_by(p_bits, q_bits, by);
  let x = log_ratio(pair);
  return vec4(loss_of(pair, x), geometric_mean(pair, x, exponents.x), pair.p, difference_of(pair));
}

// The loss of the two masses, which the rescaling leaves next to equal, is no part of the information.
fn information_of(sums: vec4<f32>) -> f32 {
  let s = sums.w / fma(2.0, sums.z, sums.w);
  let loss = max(sums.x - sums.w * fma(powers.curvature[2] * s, series_at(s), 0.0), 0.0);
  if (loss <= 0.5 * sums.z) {
    return -log1p_accurate(-loss / sums.z);
  }
  return -log_of_bits(bitcast<u32>(sums.y / sums.z));
}

fn compute_item(row: u32, local: u32) {
  let at = search_of(row);
  load_exponent(at.a);
  let p_start = p_row(row);
  let q_start = q_row(row);
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, outcome(p_at(p_start + k) & MAGNITUDE, q_at(q_start + k) & MAGNITUDE, at.by), uniforms.zero);
  }
  let sums = sum_over_lanes(total_of(sum), local);
  if (lane_of(local) == 0u) {
    informations[row] = select(result_bits(information_of(sums)), INFINITY_BITS, sums.y <= 0.0);
  }
}
