// One outcome of two rows, reduced so that the difference is exact: q0 = 2^k p lies within a factor 2 of q, on p's side.
// Twin: src/math/alpha-table.ts (the reduction); src/math/normalised-pair.ts (the second sweep)
struct Pair {
  p: f32,          // u 2^(exponent - k)
  q: f32,          // (u + d) 2^exponent, after rescaling
  u: f32,          // mantissa of q0
  d: f32,          // mantissa of q minus u: exact when masses are equal
  s: f32,          // d / (2u + d), in [-1/3, 1/3]
  k: i32,
  exponent: i32,
}

// q is taken as q 2^-shift / (1 + excess), which gives its row the mass of p's row. The first sweep has shift = excess = 0.
struct Rescaling { excess: Double, inverse: f32, shift: i32, applies: bool, exchanges: bool, }

const SAME_MASS: Rescaling = Rescaling(Double(0.0, 0.0), 1.0, 0, false, false);

fn pair_of(p_bits: u32, q_bits: u32) -> Pair {
  let p = split(p_bits);
  let q = split(q_bits);
  let rising = q_bits >= p_bits;
  let step = select(select(0, 1, q.mantissa > p.mantissa), select(0, -1, q.mantissa < p.mantissa), rising);
  let u = p.mantissa * power_of_two(step);
  let d = q.mantissa - u;
  return Pair(bitcast<f32>(p_bits), bitcast<f32>(q_bits), u, d, d / (q.mantissa + u), q.exponent - p.exponent + step, q.exponent);
}

// The same for the rescaled q. d = (q - p - excess p) / (1 + excess): exact differences first, for near rows of unlike masses.
fn pair_rescaled(p_bits: u32, q_bits: u32, by: Rescaling, zero: u32) -> Pair {
  let p = split(p_bits);
  let q = split(q_bits);
  let exponent = q.exponent - by.shift;
  let t = q.mantissa * by.inverse;
  var step = select(select(0, -1, t < p.mantissa), -2, t < 0.5 * p.mantissa);
  step = select(step, 1, t >= 2.0 * p.mantissa);
  let towards_p = exponent - p.exponent + step;
  step += select(0, 1, towards_p < 0 && t != p.mantissa * power_of_two(step));
  let u = p.mantissa * power_of_two(step);
  let product = two_product(by.excess.high, u, zero);
  let d = (((q.mantissa - u) - product.high) - (product.low + by.excess.low * u)) * by.inverse;
  return Pair(bitcast<f32>(p_bits), scale(t, exponent), u, d, d / fma(2.0, u, d), exponent - p.exponent + step, exponent);
}

// q - p, without the cancellation that q - p of two rescaled numbers would have.
fn difference_of(pair: Pair) -> f32 {
  return select(pair.q - pair.p, scale(pair.d, pair.exponent), pair.k == 0);
}
