// Cross-entropy sum p (-log q) of two rows of weights or logits, each normalised. With levels e = q / max q, their sum 1 + rest:
// -log q = log(1 + rest) + log(1/e), parts that are never negative.
// Twin: src/math/surprisal.ts
const MAGNITUDE: u32 = 0x7fffffffu;
const MINUS_INFINITY: u32 = 0xff800000u;
const LOWEST: f32 = -3.4028234663852886e38;

// Levels are summed times 2^lift: first so small that no sum overflows, again if what comes out is so small that some underflow.
const LIFT: i32 = -18;
const LIFT_OF_SMALL: i32 = 64;
const SMALL: f32 = 8.6736174e-19; // 2^-60
const DEEPEST: f32 = 2.0e4; // four times that far below the greatest logit nothing is left

fn is_zero(bits: u32, logits: u32) -> bool {
  return select((bits & MAGNITUDE) == 0u, bits == MINUS_INFINITY, logits != 0u);
}

fn number(bits: u32, logits: u32) -> f32 {
  if (logits == 0u) {
    return bitcast<f32>(bits & MAGNITUDE);
  }
  return bitcast<f32>(select(bits, bitcast<u32>(LOWEST), bits == MINUS_INFINITY));
}

// The greatest numbers of both rows, and whether q is zero where p is not.
fn greatest_of(p_start: u32, q_start: u32, local: u32) -> vec4<f32> {
  var greatest = vec4(LOWEST, LOWEST, 0.0, 0.0);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let p_bits = p_at(p_start + k);
    let q_bits = q_at(q_start + k);
    let missed = is_zero(q_bits, uniforms.q_logits) && !is_zero(p_bits, uniforms.p_logits);
    greatest = max(greatest, vec4(number(p_bits, uniforms.p_logits), number(q_bits, uniforms.q_logits), select(0.0, 1.0, missed), 0.0));
  }
  return max_over_lanes(greatest, local);
}

// Of weights the levels stay times the mantissa of the greatest.
fn level(bits: u32, logits: u32, greatest: f32) -> Scaled {
  if (is_zero(bits, logits)) {
    return Scaled(0.0, 0);
  }
  if (logits == 0u) {
    let x = split(bits & MAGNITUDE);
    return Scaled(x.mantissa, x.exponent - split(bitcast<u32>(greatest)).exponent);
  }
  if (descent(bits, logits, greatest) > DEEPEST) {
    return Scaled(0.0, 0);
  }
  let difference = two_sum(number(bits, logits), -greatest, uniforms.zero);
  let e = exp_scaled(difference.high, difference.low);
  return Scaled(1.0 + e.fraction, e.exponent);
}

// log(1/e) / 4, which f32 can hold for all logits.
fn descent(bits: u32, logits: u32, greatest: f32) -> f32 {
  if (logits != 0u) {
    return 0.25 * greatest - 0.25 * number(bits, logits);
  }
  let x = split(bits & MAGNITUDE);
  let most = split(bitcast<u32>(greatest));
  let ratio = split(bitcast<u32>(most.mantissa / x.mantissa));
  return 0.25 * log_scaled(ratio.mantissa, ratio.exponent + most.exponent - x.exponent);
}

// rest of q, sum of p log(1/e) / 4, mass of p, how many entries of q are the greatest
fn sweep(p_start: u32, q_start: u32, local: u32, greatest: vec4<f32>, lift: i32) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let q_bits = q_at(q_start + k);
    if (is_zero(q_bits, uniforms.q_logits)) {
      continue;
    }
    let of_p = level(p_at(p_start + k), uniforms.p_logits, greatest.x);
    let level_of_p = scale(of_p.mantissa, of_p.exponent + lift);
    let depth = descent(q_bits, uniforms.q_logits, greatest.y);
    if (depth == 0.0) {
      accumulate(&sum, vec4(0.0, 0.0, level_of_p, 1.0), uniforms.zero);
    } else {
      let of_q = level(q_bits, uniforms.q_logits, greatest.y);
      let surprisal = scale(of_p.mantissa * depth, of_p.exponent + lift); // p alone may be too small for f32
      accumulate(&sum, vec4(scale(of_q.mantissa, of_q.exponent + lift), surprisal, level_of_p, 0.0), uniforms.zero);
    }
  }
  return sum_over_lanes(total_of(sum), local);
}

fn compute_item(row: u32, local: u32) {
  let p_start = p_row(row);
  let q_start = q_row(row);
  let greatest = greatest_of(p_start, q_start, local);
  let unit = select(split(bitcast<u32>(greatest.y)).mantissa, 1.0, uniforms.q_logits != 0u);
  var sums = sweep(p_start, q_start, local, greatest, LIFT);
  var entropy = log1p_accurate(scale(sums.x, -LIFT) / unit + (sums.w - 1.0)) + scale(sums.y / sums.z, 2);
  if (agreed(greatest.z == 0.0 && entropy < SMALL, local)) {
    sums = sweep(p_start, q_start, local, greatest, LIFT_OF_SMALL);
    entropy = scale(sums.x / unit + scale(sums.y / scale(sums.z, -LIFT_OF_SMALL), 2), -LIFT_OF_SMALL); // log(1 + rest) is the rest
  }
  if (lane_of(local) == 0u) {
    entropies[row] = select(result_bits(entropy), INFINITY_BITS, greatest.z > 0.0);
  }
}
