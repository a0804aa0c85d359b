// What the kernels of the Chernoff information share: the state of the search, and p^(1-a) q^a of one outcome.
// Twin: src/math/chernoff.ts
struct Uniforms {
  rows: u32, outcomes: u32, zero: u32, p_start: u32, p_stride: u32, q_start: u32, q_stride: u32, state_start: u32, state_stride: u32,
}

@group(0) @binding(2) var<storage, read> states: array<f32>;
@group(0) @binding(4) var<uniform> uniforms: Uniforms;

// The exponent a of q, the interval it is in, and whether it is found; and whether the supports differ.
struct Search { by: Rescaling, a: f32, low: f32, high: f32, found: bool, partial: bool, }

fn search_of(row: u32) -> Search {
  let at = uniforms.state_start + row * uniforms.state_stride;
  let by = Rescaling(DoubleSingle(states[at], states[at + 1u]), states[at + 2u], i32(states[at + 3u]), i32(states[at + 4u]), 0, true, false, false);
  return Search(by, states[at + 5u], states[at + 6u], states[at + 7u], states[at + 8u] > 0.0, states[at + 9u] > 0.0);
}

// p^(1-a) q^a, from the end whose exponent is larger; x = log(q/p).
fn geometric_mean(pair: Pair, x: f32, a: f32) -> f32 {
  let from_p = a <= 0.5;
  let exponent = two_product(select(a - 1.0, a, from_p), x, uniforms.zero);
  let e = exp_scaled(exponent.high, exponent.low);
  let mantissa = select(pair.u + pair.d, pair.u, from_p);
  return scale(mantissa * (1.0 + e.fraction), pair.exponent - select(0, pair.k, from_p) + e.exponent);
}
