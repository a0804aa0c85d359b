// Slopes for rows of logits or log-probabilities, with respect to the logits: a slope comes with the probability as its factor.
// Two sweeps before: maxima and the reference, masses. Twin: src/math/alpha-gradient.ts (alphaGradientOfLogits)
struct Frame { own_greatest: f32, other_greatest: f32, own_mass: f32, other_mass: f32, origin: Double, factor: Scaled, one: f32, }

fn entry_bits(bits: u32) -> u32 {
  return bits;
}

fn difference(x: Double, y: Double) -> Double {
  return add(x, negated(y), uniforms.zero);
}

fn log_ratio_of(sides: Sides) -> Double {
  return difference(Double(logit(sides.other), 0.0), Double(logit(sides.own), 0.0));
}

fn frame_of(rows: Rows, local: u32) -> Frame {
  var search = Search(NO_KEY, NO_KEY, 0u);
  var greatest = NO_KEY;
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let sides = sides_at(rows, k);
    greatest = max(greatest, logit(sides.other));
    consider(&search, k, logit(sides.own), sides.own != ZERO_PROBABILITY && sides.other != ZERO_PROBABILITY);
  }
  let reference = found(search, local);
  greatest = max_over_lanes(vec4(greatest), local).x;
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let sides = sides_at(rows, k);
    let masses = vec4(exp_accurate(logit(sides.own) - reference.greatest), exp_accurate(logit(sides.other) - greatest), 0.0, 0.0);
    accumulate(&sum, masses, uniforms.zero);
  }
  let masses = sum_over_lanes(total_of(sum), local).xy;
  let origin = log_ratio_of(sides_at(rows, select(0u, reference.index, reference.exists)));
  let log_masses = log_of_pair(pair_of(bitcast<u32>(masses.x), bitcast<u32>(masses.y)));
  let unshifted = difference(origin, difference(Double(greatest, 0.0), Double(reference.greatest, 0.0)));
  return Frame(
    reference.greatest, greatest, masses.x, masses.y, origin,
    factor_of(difference(unshifted, log_masses), reference.exists), reference.one,
  );
}

fn probability_of(bits: u32, greatest: f32, mass: f32) -> Scaled {
  let x = exponential_of(difference(Double(logit(bits), 0.0), Double(greatest, 0.0)));
  return Scaled(x.mantissa / mass, x.exponent);
}

fn slope_at(sides: Sides, frame: Frame) -> Slope {
  let no_own = sides.own == ZERO_PROBABILITY;
  let no_other = sides.other == ZERO_PROBABILITY;
  let own = probability_of(sides.own, frame.own_greatest, frame.own_mass);
  if (no_own || no_other) {
    let other = probability_of(sides.other, frame.other_greatest, frame.other_mass);
    let slope = slope_at_zero(own, other, no_own, no_other, frame);
    return Slope(slope.part, slope.part, slope.part_infinite, slope.part_infinite);
  }
  let t = product_of(deformed_log(difference(log_ratio_of(sides), frame.origin), frame.one), frame.factor);
  let part = product_of(t, own);
  return Slope(part, part, 0.0, 0.0);
}

fn share_of(own: u32, frame: Frame) -> Scaled {
  if (own == ZERO_PROBABILITY) {
    return Scaled(0.0, 0);
  }
  return probability_of(own, frame.own_greatest, frame.own_mass);
}
