// The term of two numbers that f32 holds. Where both are subnormal, what they cost is below f32 and dropped.
// Twin: src/math/alpha-term.ts
fn divergence_term(pair: Pair) -> f32 {
  let term = term_in_units(pair);
  let exponent = exponent_of_larger(pair);
  return (term.x * select(power_of_two(exponent), 0.0, exponent < -126)) * term.y;
}
