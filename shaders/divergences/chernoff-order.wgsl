// The order of the Chernoff information, the exponent of p, from the states of the search.
// Twin: src/divergences/chernoff-order.ts
fn element(row: u32, column: u32) -> f32 {
  return 1.0 - state[state_row(row) + 5u];
}
