// An entry of a row of weights, as the Hellinger integral takes it. The logarithms of f32 need no common offset.
// Twin: src/divergences/hellinger-integral.ts
const UNIT_EXPONENT: i32 = 0;
const UNIT: f32 = 1.0;
const PER_UNIT: f32 = 1.0;

fn is_nothing(bits: u32) -> bool {
  return (bits & 0x7fffffffu) == 0u;
}

fn largest_entries(p_start: u32, q_start: u32, local: u32) -> vec2<f32> {
  return vec2(0.0);
}

fn log_of(bits: u32, top: f32) -> DoubleSingle {
  return log_in_double(split(bits));
}

fn mass_of(bits: u32, top: f32) -> f32 {
  if (is_nothing(bits)) {
    return 0.0;
  }
  let x = split(bits);
  return scale(x.mantissa, x.exponent + HEADROOM);
}
