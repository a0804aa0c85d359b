// Gradient of a divergence of the alpha-family in its own row, with the other row held fixed; and its value, if that is joined.
// It is M - T_c(x), x = log(other/own) of the normalised rows, M the mean of T_c(x) under the own row, c the exponent of the
// other row in D; of logits own times that. A constant in T_c cancels, so slopes are counted from one of them.
// Twin: src/math/alpha-gradient.ts (alphaGradientOfWeights, alphaGradientOfLogits)

// The same number with a mantissa between 1 and 2, and 0 with the least of exponents.
fn normalised(x: Scaled) -> Scaled {
  let bits = bitcast<u32>(x.mantissa);
  if ((bits << 1u) == 0u) {
    return Scaled(0.0, -0x1000000);
  }
  let magnitude = split(bits & ~SIGN);
  return Scaled(select(magnitude.mantissa, -magnitude.mantissa, bits >= SIGN), x.exponent + magnitude.exponent);
}

// x - y, which f32 may not hold.
fn scaled_difference(x: Scaled, y: Scaled) -> Scaled {
  let exponent = max(normalised(x).exponent, normalised(y).exponent);
  return Scaled(scale(x.mantissa, x.exponent - exponent) - scale(y.mantissa, y.exponent - exponent), exponent);
}

// The mean of the slopes, or the sign of its infinity. `beyond`: f32 cannot hold some of the slopes or parts.
struct Mean { value: Scaled, infinite: f32, beyond: bool, }

// The mean, counted in units of the greatest part.
fn mean_beyond(rows: Rows, frame: Frame, infinite: f32, local: u32) -> Mean {
  var greatest = NO_KEY;
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    greatest = max(greatest, f32(normalised(slope_at(sides_at(rows, k), frame).part).exponent));
  }
  let lift = i32(max_over_lanes(vec4(greatest), local).x);
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    accumulate(&sum, terms_of(slope_at(sides_at(rows, k), frame), lift), uniforms.zero);
  }
  return Mean(Scaled(sum_over_lanes(total_of(sum), local).x, lift), infinite, true);
}

// share mean - slope, where infinities win, first that of the slope.
fn centred(kept: u32, rows: Rows, k: u32, mean: Mean, frame: Frame) -> u32 {
  let sides = sides_at(rows, k);
  let share = share_of(sides.own, frame);
  let origin = product_of(share, mean.value);
  var is_infinite = (kept & INFINITY_BITS) == INFINITY_BITS;
  var slope: Slope;
  if (mean.beyond) {
    slope = slope_at(sides, frame);
    is_infinite = slope.kept_infinite != 0.0;
  }
  if (is_infinite || share.mantissa == 0.0) {
    return kept ^ SIGN;
  }
  if (mean.infinite != 0.0) {
    return infinity_bits(mean.infinite);
  }
  if (mean.beyond) {
    return bits_of(scaled_difference(origin, slope.kept), 0.0);
  }
  return bitcast<u32>(scale(origin.mantissa, origin.exponent) - bitcast<f32>(kept));
}

// The chain rule for a function of the divergence. Zero times infinity is 0.
fn times_slope(gradient: u32, slope: f32) -> u32 {
  let slope_bits = bitcast<u32>(slope);
  if ((gradient << 1u) == 0u || (slope_bits << 1u) == 0u) {
    return 0u;
  }
  if ((gradient & INFINITY_BITS) == INFINITY_BITS || (slope_bits & INFINITY_BITS) == INFINITY_BITS) {
    return ((gradient ^ slope_bits) & SIGN) | INFINITY_BITS;
  }
  return bitcast<u32>(bitcast<f32>(gradient) * slope);
}

fn compute_item(row: u32, local: u32) {
  let rows = Rows(p_row(row), q_row(row));
  let out = row * (uniforms.outcomes + uniforms.values) + uniforms.values;
  let frame = frame_of(rows, local);
  begin_value(frame);
  var value = Accumulator();
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    add_value(&value, rows, k);
    let slope = slope_at(sides_at(rows, k), frame);
    results[out + k] = bits_of(slope.kept, slope.kept_infinite);
    accumulate(&sum, terms_of(slope, 0), uniforms.zero);
  }
  let total = sum_over_lanes(total_of(sum), local);
  var mean = Mean(Scaled(total.x, 0), total.y, false);
  if (agreed(total.z != 0.0, local)) {
    mean = mean_beyond(rows, frame, total.y, local);
  }
  let value_bits = value_of(value, rows, local);
  let slope = slope_of(bitcast<f32>(value_bits));
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    results[out + k] = times_slope(centred(results[out + k], rows, k, mean, frame), slope);
  }
  if (uniforms.values != 0u && lane_of(local) == 0u) {
    results[out - 1u] = value_bits;
  }
}
