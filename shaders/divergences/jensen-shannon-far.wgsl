// The term of the Jensen-Shannon divergence of logits where one of p and q is beyond 2^100 times the other: only the larger counts.
// Twin: src/math/jensen-shannon.ts
fn far_term(far: FarPair) -> f32 {
  let larger = larger_of(far);
  let cost = select(table[6].y, table[6].x, far.rising);
  return scale(larger.mantissa * bitcast<f32>(cost), larger.exponent);
}
