// One step of Newton's method on log(A/B) towards the order of the Chernoff information, kept inside its interval.
// Twin: src/math/chernoff.ts
const NEAR: f32 = 0.17; // |s| up to which w x - (q - p) comes from its series

// (a^(k+1) (k + 2) - 1)/(k + 2)! for k = 0 to 7
struct SlopeSeries { low: vec4<f32>, high: vec4<f32>, }

fn slope_series(a: f32) -> SlopeSeries {
  let b = a * a;
  let c = vec4(a, b, b * a, b * b);
  let low = (c * vec4(2.0, 3.0, 4.0, 5.0) - 1.0) / vec4(2.0, 6.0, 24.0, 120.0);
  let high = (c.w * c * vec4(6.0, 7.0, 8.0, 9.0) - 1.0) / vec4(720.0, 5040.0, 40320.0, 362880.0);
  return SlopeSeries(low, high);
}

fn series_at(by: SlopeSeries, x: f32) -> f32 {
  let high = fma(fma(fma(by.high.w, x, by.high.z), x, by.high.y), x, by.high.x);
  return fma(fma(fma(fma(high, x, by.low.w), x, by.low.z), x, by.low.y), x, by.low.x);
}

// A, B, their slopes; and A - B with |q - p| of the outcomes that are not near.
struct Slopes { parts: vec4<f32>, gap: vec4<f32>, }

fn slopes_of(p_bits: u32, q_bits: u32, at: Search, series: SlopeSeries) -> Slopes {
  if (p_bits == 0u || q_bits == 0u) {
    return Slopes();
  }
  let pair = pair_by(p_bits, q_bits, at.by);
  let x = log_ratio(pair);
  let w = geometric_mean(pair, x, at.a);
  var gap = vec2(0.0);
  if (pair.k == 0 && abs(pair.s) <= NEAR) {
    gap.x = scale(pair.u * x * x, pair.exponent) * series_at(series, x);
  } else {
    let d = difference_of(pair);
    gap = vec2(w * x - d, abs(d));
  }
  let parts = vec2(w * abs(x), w * x * x);
  let falls = x < 0.0;
  return Slopes(vec4(select(parts.x, 0.0, falls), select(0.0, parts.x, falls), select(parts.y, 0.0, falls), select(0.0, parts.y, falls)), vec4(gap, 0.0, 0.0));
}

// A - B, B, and the slopes of A and B. The sum of w x - (q - p) keeps the digits of near rows, but loses those of rows so far
// apart that the w are small; and q - p add up to 0 only where the supports agree.
fn gap_and_slopes(parts: vec4<f32>, gap: vec4<f32>, partial: bool) -> vec4<f32> {
  let plain = partial || gap.y > 8.0 * (parts.x + parts.y);
  return vec4(select(gap.x, parts.x - parts.y, plain), parts.yzw);
}

fn sweep(p_start: u32, q_start: u32, local: u32, at: Search) -> vec4<f32> {
  let series = slope_series(at.a);
  var parts = Accumulator();
  var gap = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let slopes = slopes_of(p_at(p_start + k) & MAGNITUDE, q_at(q_start + k) & MAGNITUDE, at, series);
    accumulate(&parts, slopes.parts, uniforms.zero);
    accumulate(&gap, slopes.gap, uniforms.zero);
  }
  let all_parts = sum_over_lanes(total_of(parts), local);
  return gap_and_slopes(all_parts, sum_over_lanes(total_of(gap), local), at.partial);
}

// Where log(A/B) would be 0 if it were straight; beyond the ends where A or B is nothing.
fn newton(a: f32, sums: vec4<f32>) -> f32 {
  let rising = sums.x + sums.y;
  if (rising <= 0.0) {
    return 2.0;
  }
  if (sums.y <= 0.0) {
    return -1.0;
  }
  return a - log1p_accurate(sums.x / sums.y) / (sums.z / rising + sums.w / sums.y);
}

fn advanced(from_state: Search, sums: vec4<f32>) -> Search {
  var at = from_state;
  let flat = sums.z + sums.w <= 0.0;
  if (flat || (at.a == 0.0 && sums.x >= 0.0) || (at.a == 1.0 && sums.x <= 0.0)) {
    at.found = true;
    return at;
  }
  if (sums.x > 0.0) {
    at.high = at.a;
  } else {
    at.low = at.a;
  }
  let least = max(at.low, 0.0);
  let most = min(at.high, 1.0);
  let straight = newton(at.a, sums);
  at.found = abs(straight - at.a) < 4.0e-6;
  var next = clamp(straight, least, most);
  if (!at.found && (next <= at.low || next >= at.high)) {
    next = 0.5 * (least + most);
  }
  at.a = next;
  return at;
}

fn compute_item(row: u32, local: u32) {
  var at = search_of(row);
  if (agreed(!at.found, local)) {
    at = advanced(at, sweep(p_row(row), q_row(row), local, at));
  }
  if (lane_of(local) == 0u) {
    let to = 10u * row;
    next_states[to] = at.by.of_p.high;
    next_states[to + 1u] = at.by.of_p.low;
    next_states[to + 2u] = at.by.of_q;
    next_states[to + 3u] = f32(at.by.shift_p);
    next_states[to + 4u] = f32(at.by.shift_q);
    next_states[to + 5u] = at.a;
    next_states[to + 6u] = at.low;
    next_states[to + 7u] = at.high;
    next_states[to + 8u] = select(0.0, 1.0, at.found);
    next_states[to + 9u] = select(0.0, 1.0, at.partial);
  }
}
