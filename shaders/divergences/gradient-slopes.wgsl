// Slopes t = T_c(x) - T_c(x at a reference), x = log(other/own), of the outcomes of two rows; the zeros of either row included.
// Counted from the largest entry r of the own row they keep their digits when they are nearly alike, and those of a peaked row:
// t = F (e^(c y) - 1)/c with y = x - x_r and F = e^(c x_r). Twin: src/math/alpha-gradient.ts (originOf, slopeAt, weightedSlope)
const SIGN: u32 = 0x80000000u;
const NO_KEY: f32 = -3.4028234e38;

// Where the rows begin.
struct Rows { p: u32, q: u32, }

// The bits of one outcome in the own and in the other row.
struct Sides { own: u32, other: u32, }

fn sides_at(rows: Rows, k: u32) -> Sides {
  let p_bits = entry_bits(p_at(rows.p + k));
  let q_bits = entry_bits(q_at(rows.q + k));
  if (uniforms.of_q != 0u) {
    return Sides(q_bits, p_bits);
  }
  return Sides(p_bits, q_bits);
}

// The largest entry of the own row, and the largest where the other row is not zero, by keys that grow with the entries.
struct Search { greatest: f32, paired: f32, index: u32, }

// The outcome that slopes are counted from. `one` is 0 where that is not an outcome: the largest entry of the own row has no
// partner, so that its slope is the limit -1/c, and t = F e^(c y)/c.
struct Reference { index: u32, exists: bool, one: f32, greatest: f32, }

fn consider(search: ptr<function, Search>, k: u32, key: f32, paired: bool) {
  (*search).greatest = max((*search).greatest, key);
  if (paired && key > (*search).paired) {
    (*search).paired = key;
    (*search).index = k;
  }
}

fn found(search: Search, local: u32) -> Reference {
  let greatest = max_over_lanes(vec4(search.greatest, search.paired, NO_KEY, NO_KEY), local);
  let mine = search.paired == greatest.y;
  let distance = max_over_lanes(vec4(select(0.0, f32(uniforms.outcomes - search.index), mine)), local).x; // exact up to 2^24 outcomes
  let exists = greatest.y > NO_KEY;
  let is_limit = !exists || (greatest.x > greatest.y && uniforms.c_high > 0.0);
  return Reference(uniforms.outcomes - u32(distance), exists, select(1.0, 0.0, is_limit), greatest.x);
}

// F, and 1 where there is no reference: no slope depends on it then.
fn factor_of(log_ratio: DoubleSingle, exists: bool) -> Scaled {
  let power = deformed_power(log_ratio);
  return Scaled(select(1.0, 1.0 + power.fraction, exists), select(0, power.exponent, exists));
}

// The slope of an outcome, which is kept until the mean is known, and its part of the mean, own_k times it; the sign of each
// of the two that is infinite.
struct Slope { kept: Scaled, part: Scaled, kept_infinite: f32, part_infinite: f32, }

const NOTHING: Scaled = Scaled(0.0, 0);

fn infinity_bits(sign_of: f32) -> u32 {
  return select(INFINITY_BITS, INFINITY_BITS | SIGN, sign_of < 0.0);
}

fn is_beyond(x: f32) -> bool {
  return (bitcast<u32>(x) & INFINITY_BITS) == INFINITY_BITS;
}

fn bits_of(x: Scaled, infinite: f32) -> u32 {
  return select(bitcast<u32>(scale(x.mantissa, x.exponent)), infinity_bits(infinite), infinite != 0.0);
}

// What a slope adds to the mean times 2^-lift: a number or the sign of an infinity, and whether either is beyond f32.
fn terms_of(slope: Slope, lift: i32) -> vec4<f32> {
  let part = scale(slope.part.mantissa, slope.part.exponent - lift);
  let beyond = is_beyond(part);
  let kept_beyond = is_beyond(scale(slope.kept.mantissa, slope.kept.exponent - lift));
  return vec4(select(part, 0.0, beyond), slope.part_infinite, select(0.0, 1.0, beyond || kept_beyond), 0.0);
}

fn product_of(x: Scaled, y: Scaled) -> Scaled {
  return Scaled(x.mantissa * y.mantissa, x.exponent + y.exponent);
}

// An outcome that one of the rows, or both, give no mass: T_c of plus or minus infinity. `own` and `other` are the masses
// there, `other` in units of the slopes.
fn slope_at_zero(own: Scaled, other: Scaled, no_own: bool, no_other: bool, frame: Frame) -> Slope {
  let c = uniforms.c_high;
  let finite = c != 0.0 && no_other == (c > 0.0);
  let limit = Scaled(select(0.0, -frame.one * frame.factor.mantissa * uniforms.c_inverse, finite), frame.factor.exponent);
  let infinite = select(select(1.0, -1.0, no_other), 0.0, finite);
  if (!no_own) {
    return Slope(limit, product_of(own, limit), infinite, infinite);
  }
  if (no_other || uniforms.without_own == 0u) { // own T_c(log(other/own)) as own goes to 0: nothing for c < 1,
    return Slope(limit, NOTHING, infinite, 0.0);
  }
  if (uniforms.without_own == 1u) { // other at c = 1, infinite beyond
    return Slope(limit, other, infinite, 0.0);
  }
  return Slope(limit, NOTHING, infinite, 1.0);
}
