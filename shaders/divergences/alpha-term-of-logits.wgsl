// The term of two probabilities that f32 need not hold.
// Twin: src/math/alpha-term.ts
fn divergence_term(pair: Pair) -> f32 {
  let term = term_in_units(pair);
  return scale(term.mantissa, exponent_of_larger(pair) + term.exponent);
}
