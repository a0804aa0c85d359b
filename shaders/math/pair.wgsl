// One outcome of two rows, reduced so that the difference is exact: q0 = 2^k p lies within a factor 2 of q, on p's side.
// Twin: src/math/alpha-table.ts (the reduction); src/math/normalised-pair.ts (the second sweep)
struct Pair {
  p: f32,          // u 2^(exponent - k), after rescaling
  q: f32,          // (u + d) 2^exponent, after rescaling
  u: f32,          // mantissa of q0
  d: f32,          // mantissa of q minus u: exact, or rounded once
  s: f32,          // d / (2u + d), in [-1/3, 1/3]
  k: i32,
  exponent: i32,
}

// What gives two rows one mass, or makes them equal at one outcome: p is taken as p of_p 2^shift_p, q as q of_q 2^shift_q.
// As products of two f32 their differences are exact. `alike`: both are taken the same. `lift`: binary logarithm
// of the mass that p has then, nearly.
struct Rescaling { of_p: DoubleSingle, of_q: f32, shift_p: i32, shift_q: i32, lift: i32, applies: bool, alike: bool, exchanges: bool, }

const SAME_MASS: Rescaling = Rescaling(DoubleSingle(1.0, 0.0), 1.0, 0, 0, 0, false, true, false);

fn pair_of(p_bits: u32, q_bits: u32) -> Pair {
  let p = split(p_bits);
  let q = split(q_bits);
  let rising = q_bits >= p_bits;
  let step = select(select(0, 1, q.mantissa > p.mantissa), select(0, -1, q.mantissa < p.mantissa), rising);
  let u = p.mantissa * power_of_two(step);
  let d = q.mantissa - u;
  return Pair(bitcast<f32>(p_bits), bitcast<f32>(q_bits), u, d, d / (q.mantissa + u), q.exponent - p.exponent + step, q.exponent);
}

// The same of rows that are rescaled.
fn pair_rescaled(p_bits: u32, q_bits: u32, by: Rescaling, zero: u32) -> Pair {
  let p = split(p_bits);
  let q = split(q_bits);
  let of_p = two_product(p.mantissa, by.of_p.high, zero);
  let of_q = two_product(q.mantissa, by.of_q, zero);
  let x = split(bitcast<u32>(of_p.high));
  let y = split(bitcast<u32>(of_q.high));
  let p_exponent = p.exponent + x.exponent + by.shift_p;
  let q_exponent = q.exponent + y.exponent + by.shift_q;
  let rising = q_exponent > p_exponent || (q_exponent == p_exponent && y.mantissa >= x.mantissa);
  let step = select(select(0, 1, y.mantissa > x.mantissa), select(0, -1, y.mantissa < x.mantissa), rising);
  let u = x.mantissa * power_of_two(step);
  let power = power_of_two(step - x.exponent);
  let q_low = of_q.low * power_of_two(-y.exponent);
  let p_low = of_p.low * power;
  let rest = two_sum(q_low, -p_low, zero);
  let head = two_sum(y.mantissa - u, rest.high, zero);
  let tail = head.low + (rest.low - (p.mantissa * by.of_p.low) * power);
  let d = head.high + tail;
  let lost = (head.high - opaque(d, zero)) + tail; // by d, of which near rows cost the square: s makes up for it
  return Pair(scale(x.mantissa, p_exponent), scale(y.mantissa, q_exponent), u, d, fma(2.0, lost, d) / ((y.mantissa + u) + (q_low + p_low)), q_exponent - p_exponent + step, q_exponent);
}

// q - p, without the cancellation that q - p of two rescaled numbers would have.
fn difference_of(pair: Pair) -> f32 {
  return select(pair.q - pair.p, scale(pair.d, pair.exponent), pair.k == 0);
}
