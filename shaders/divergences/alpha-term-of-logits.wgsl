// The term of two probabilities that f32 need not hold.
// Twin: src/math/alpha-term.ts
fn divergence_term(pair: Pair) -> f32 {
  let term = term_in_units(pair);
  let exponent = exponent_of_larger(pair);
  if (exponent < -126) { // powers of a large ratio may bring it back
    return scale(term.x, exponent + i32(bitcast<u32>(term.y) >> 23u) - 127);
  }
  return (term.x * power_of_two(exponent)) * term.y;
}
