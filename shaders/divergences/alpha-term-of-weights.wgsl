// The term of two numbers that f32 holds. Where both are subnormal, what they cost is below f32 and dropped; a table's
// exponent beyond 127 is of a term that overflows.
// Twin: src/math/alpha-term.ts
fn divergence_term(pair: Pair) -> f32 {
  let term = term_in_units(pair);
  let exponent = exponent_of_larger(pair);
  return (term.mantissa * select(power_of_two(exponent), 0.0, exponent < -126)) * power_of_two(min(term.exponent, 127));
}
