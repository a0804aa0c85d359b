// The Hellinger integral sum p^b q^a of two normalised rows, a + b = 1, by its logarithm and about its largest term, so that
// nothing over- or underflows. A joined piece gives an entry's logarithm, in units of its own, and mass. Twin: src/math/hellinger-integral.ts
const BELOW_ALL: f32 = -3.0e38;
const HEADROOM: i32 = 24; // masses are 2^24 too large, so that no entry is flushed

// log of the integral in units, also where it is 0 or infinite; and the mass of q where p is 0.
struct HellingerIntegral { logarithm: f32, vanishes: bool, diverges: bool, lost: f32, }

// b x + a y
fn mean_of(x: DoubleSingle, y: DoubleSingle) -> DoubleSingle {
  let of_x = multiply(DoubleSingle(uniforms.b_high, uniforms.b_low), x, uniforms.zero);
  return add(of_x, multiply(DoubleSingle(uniforms.a_high, uniforms.a_low), y, uniforms.zero), uniforms.zero);
}

// log x, right to the rounding of the logarithm of its mantissa, however large the exponent.
fn log_in_double(x: Scaled) -> DoubleSingle {
  let halves = x.mantissa > 1.41421354;
  let m = select(x.mantissa, 0.5 * x.mantissa, halves);
  let k = f32(x.exponent + select(0, 1, halves));
  return two_sum(k * LOG2_HIGH, fma(k, LOG2_LOW, twice_atanh((m - 1.0) / (m + 1.0))), uniforms.zero);
}

// 0^c is infinite for c < 0.
fn term_diverges(no_p: bool, no_q: bool) -> bool {
  return no_p != no_q && ((no_p && uniforms.b_high < 0.0) || (no_q && uniforms.a_high < 0.0));
}

// the largest logarithm of a term, and 1 if a term is infinite
fn largest_term(p_start: u32, q_start: u32, local: u32, tops: vec2<f32>) -> vec4<f32> {
  var largest = vec4(BELOW_ALL, 0.0, 0.0, 0.0);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let no_p = is_nothing(p[p_start + k]);
    let no_q = is_nothing(q[q_start + k]);
    if (term_diverges(no_p, no_q)) {
      largest.y = 1.0;
    } else if (!no_p && !no_q) {
      largest.x = max(largest.x, mean_of(log_of(p[p_start + k], tops.x), log_of(q[q_start + k], tops.y)).high);
    }
  }
  return max_over_lanes(largest, local);
}

// term / largest term, mass of p, mass of q, mass of q where p is 0
fn terms_of(p_bits: u32, q_bits: u32, tops: vec2<f32>, largest: f32) -> vec4<f32> {
  let no_p = is_nothing(p_bits);
  let no_q = is_nothing(q_bits);
  var sums = vec4(0.0, mass_of(p_bits, tops.x), mass_of(q_bits, tops.y), 0.0);
  if (no_p) {
    sums.w = sums.z;
  } else if (!no_q) {
    let distance = add(mean_of(log_of(p_bits, tops.x), log_of(q_bits, tops.y)), DoubleSingle(-largest, 0.0), uniforms.zero);
    let e = exponential_of_log(DoubleSingle(min(distance.high, 1.0), distance.low));
    sums.x = scale(1.0 + e.fraction, e.exponent);
  }
  return sums;
}

fn log_of_mass(mass: f32) -> DoubleSingle {
  let x = split(bitcast<u32>(mass));
  return in_units(log_in_double(Scaled(x.mantissa, x.exponent - HEADROOM)));
}

fn in_units(x: DoubleSingle) -> DoubleSingle {
  return DoubleSingle(x.high * PER_UNIT, x.low * PER_UNIT);
}

// exp of a logarithm in units.
fn exponential_of_log(x: DoubleSingle) -> Exponential {
  return exp_scaled(UNIT * max(x.high, -1.0e6), UNIT * x.low);
}

fn hellinger_integral(p_start: u32, q_start: u32, local: u32) -> HellingerIntegral {
  let tops = largest_entries(p_start, q_start, local);
  let largest = largest_term(p_start, q_start, local, tops);
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, terms_of(p[p_start + k], q[q_start + k], tops, largest.x), uniforms.zero);
  }
  let sums = sum_over_lanes(total_of(sum), local);
  let masses = mean_of(log_of_mass(sums.y), log_of_mass(sums.z));
  let scaled = add(DoubleSingle(largest.x, 0.0), in_units(log_in_double(split(bitcast<u32>(max(sums.x, 0.25))))), uniforms.zero);
  let logarithm = add(scaled, negated(masses), uniforms.zero);
  return HellingerIntegral(logarithm.high + logarithm.low, largest.x == BELOW_ALL, largest.y > 0.0, sums.w / sums.z);
}
