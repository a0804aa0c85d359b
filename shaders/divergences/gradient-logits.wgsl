// Slopes for rows of logits or log-probabilities, with respect to the logits: a slope comes with the probability as its factor.
// Two sweeps before: maxima and the reference, masses. Twin: src/math/alpha-gradient.ts (alphaGradientOfLogits)
// A row: where its logits are counted from, the greatest of them from there, and the sum of their exponentials relative to it.
struct LogitRow { origin: Origin, greatest: f32, mass: f32, }

// origin, origin_in_units: log(other/own) at the reference without the masses, there also without the greatest logits.
// log_masses: log(mass of other / mass of own). log_factor: that of F, in units. is_far: whether F needs its logarithm.
struct Frame {
  own: LogitRow, other: LogitRow, origin: DoubleSingle, origin_in_units: DoubleSingle, log_masses: DoubleSingle, log_factor: DoubleSingle, is_far: bool,
  factor: Scaled, one: f32,
}

// Logarithms of up to 8 times as much have exponentials whose mantissas are right.
const FAR: f32 = 2800.0;
const SETTLED: f32 = 2.0; // units beyond which e^x - 1 is e^x or -1

fn entry_bits(bits: u32) -> u32 {
  return bits;
}

fn difference(x: DoubleSingle, y: DoubleSingle) -> DoubleSingle {
  return add(x, negated(y), uniforms.zero);
}

// Half of a logit: above NO_KEY however low it is.
fn key_of(bits: u32) -> f32 {
  return 0.5 * number_of(bits);
}

fn row_of_logits(key: f32) -> LogitRow {
  let greatest = 2.0 * key;
  let origin = origin_of(greatest);
  return LogitRow(origin, greatest - origin.base, 0.0);
}

// log(other/own) without the masses.
fn log_ratio_of(sides: Sides, own: LogitRow, other: LogitRow) -> DoubleSingle {
  return two_sum(logit(sides.other, other.origin), -logit(sides.own, own.origin), uniforms.zero);
}

// A logit less the greatest, in units.
fn depth_of(bits: u32, row: LogitRow) -> DoubleSingle {
  return two_sum(in_units(bits, row.origin), -row.greatest * PER_UNIT, uniforms.zero);
}

fn frame_of(rows: Rows, local: u32) -> Frame {
  var search = Search(NO_KEY, NO_KEY, 0u);
  var greatest = NO_KEY;
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let sides = sides_at(rows, k);
    greatest = max(greatest, key_of(sides.other));
    consider(&search, k, key_of(sides.own), sides.own != ZERO_PROBABILITY && sides.other != ZERO_PROBABILITY);
  }
  let reference = found(search, local);
  var own = row_of_logits(reference.greatest);
  var other = row_of_logits(max_over_lanes(vec4(greatest), local).x);
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let sides = sides_at(rows, k);
    let own_mass = exp_accurate(logit(sides.own, own.origin) - own.greatest);
    let other_mass = exp_accurate(logit(sides.other, other.origin) - other.greatest);
    accumulate(&sum, vec4(own_mass, other_mass, 0.0, 0.0), uniforms.zero);
  }
  let masses = sum_over_lanes(total_of(sum), local).xy;
  own.mass = masses.x;
  other.mass = masses.y;
  let sides = sides_at(rows, select(0u, reference.index, reference.exists));
  let origin = log_ratio_of(sides, own, other);
  let origin_in_units = difference(depth_of(sides.other, other), depth_of(sides.own, own));
  let log_masses = log_of_pair(pair_of(bitcast<u32>(masses.x), bitcast<u32>(masses.y)));
  let log_ratio = difference(difference(origin, two_sum(other.greatest, -own.greatest, uniforms.zero)), log_masses);
  let log_ratio_in_units = difference(origin_in_units, double_in_units(log_masses));
  let log_factor = multiply(DoubleSingle(uniforms.c_high, uniforms.c_low), log_ratio_in_units, uniforms.zero);
  let is_far = abs(log_ratio_in_units.high) > FAR * PER_UNIT || own.origin.base != 0.0 || other.origin.base != 0.0;
  return Frame(
    own, other, origin, origin_in_units, log_masses, DoubleSingle(select(0.0, log_factor.high, reference.exists), select(0.0, log_factor.low, reference.exists)),
    is_far, factor_of(log_ratio, reference.exists), reference.one,
  );
}

fn probability_of(bits: u32, row: LogitRow) -> Scaled {
  let x = exponential_of_units(depth_of(bits, row));
  return Scaled(x.mantissa / row.mass, x.exponent);
}

fn slope_at(sides: Sides, frame: Frame) -> Slope {
  let no_own = sides.own == ZERO_PROBABILITY;
  let no_other = sides.other == ZERO_PROBABILITY;
  let own = probability_of(sides.own, frame.own);
  if (no_own || no_other) {
    let other = probability_of(sides.other, frame.other);
    let slope = slope_at_zero(own, other, no_own, no_other, frame);
    return Slope(slope.part, slope.part, slope.part_infinite, slope.part_infinite);
  }
  let distance = difference(log_ratio_of(sides, frame.own, frame.other), frame.origin);
  if (frame.is_far || abs(distance.high) > FAR || own.exponent < -i32(FAR)) {
    let part = far_part(sides, frame);
    return Slope(part, part, 0.0, 0.0);
  }
  let t = product_of(deformed_log(distance, frame.one), frame.factor);
  let part = product_of(t, own);
  return Slope(part, part, 0.0, 0.0);
}

// own (T_c(x) - T_c(x at the reference)) by the sums of the logarithms of its factors, of which each may leave every exponent:
// own^(1 - c) other^c / c, less own F / c.
fn far_part(sides: Sides, frame: Frame) -> Scaled {
  let c = DoubleSingle(uniforms.c_high, uniforms.c_low);
  let own = depth_of(sides.own, frame.own);
  let other = depth_of(sides.other, frame.other);
  let distance = difference(difference(other, own), frame.origin_in_units);
  if (c.high == 0.0) {
    let power = exponential_of_units(own);
    return Scaled((power.mantissa / frame.own.mass) * distance.high, power.exponent + UNIT_EXPONENT);
  }
  let exponent = multiply(c, distance, uniforms.zero).high;
  let of_origin = exponential_of_sum(own, frame.log_factor);
  let share = Scaled(of_origin.mantissa / frame.own.mass, of_origin.exponent);
  if (frame.one != 0.0 && abs(exponent) <= SETTLED) {
    return product_of(deformed_log(DoubleSingle(UNIT * distance.high, UNIT * distance.low), 1.0), share);
  }
  if (frame.one != 0.0 && exponent < 0.0) {
    return Scaled(-share.mantissa * uniforms.c_inverse, share.exponent);
  }
  let rest = two_sum(1.0, -c.high, uniforms.zero);
  let of_own = multiply(DoubleSingle(rest.high, rest.low - c.low), own, uniforms.zero);
  let of_other = multiply(c, difference(other, double_in_units(frame.log_masses)), uniforms.zero);
  let mean = exponential_of_sum(of_own, of_other);
  return Scaled((mean.mantissa / frame.own.mass) * uniforms.c_inverse, mean.exponent);
}

// exp of the sum of two numbers of units; where that leaves all exponents, by two factors that may differ in what they keep.
fn exponential_of_sum(x: DoubleSingle, y: DoubleSingle) -> Scaled {
  let sum = add(x, y, uniforms.zero);
  if (abs(sum.high) <= LARGEST_LOG * PER_UNIT) {
    return exponential_of_units(sum);
  }
  return product_of(exponential_of_units(x), exponential_of_units(y));
}

fn share_of(own: u32, frame: Frame) -> Scaled {
  if (own == ZERO_PROBABILITY) {
    return Scaled(0.0, 0);
  }
  return probability_of(own, frame.own);
}
