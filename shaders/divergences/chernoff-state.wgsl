// What the kernels of the Chernoff information share: the state of the search, and p^(1-a) q^a of one outcome.
// Twin: src/math/chernoff.ts

// The exponent a of q, the interval it is in, and whether it is found; and whether the supports differ.
struct Search { by: Rescaling, a: f32, low: f32, high: f32, found: bool, partial: bool, }

fn search_of(row: u32) -> Search {
  let at = state_row(row);
  let by = Rescaling(DoubleSingle(state[at], state[at + 1u]), state[at + 2u], i32(state[at + 3u]), i32(state[at + 4u]), 0, true, false, false);
  return Search(by, state[at + 5u], state[at + 6u], state[at + 7u], state[at + 8u] > 0.0, state[at + 9u] > 0.0);
}

// p^(1-a) q^a, from the end whose exponent is larger; x = log(q/p).
fn geometric_mean(pair: Pair, x: f32, a: f32) -> f32 {
  let from_p = a <= 0.5;
  let exponent = two_product(select(a - 1.0, a, from_p), x, uniforms.zero);
  let e = exp_scaled(exponent.high, exponent.low);
  let mantissa = select(pair.u + pair.d, pair.u, from_p);
  return scale(mantissa * (1.0 + e.fraction), pair.exponent - select(0, pair.k, from_p) + e.exponent);
}
