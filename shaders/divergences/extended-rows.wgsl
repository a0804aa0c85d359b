// sum phi(p, q) of two rows of positive measures, taken as they are. A joined piece supplies the term.
// Twin: src/divergences/extended-alpha-divergence.ts
@group(0) @binding(0) var<storage, read> p: array<u32>;
@group(0) @binding(1) var<storage, read> q: array<u32>;

const MAGNITUDE: u32 = 0x7fffffffu; // minus zero is zero

// value, and 1 where it is infinite
fn outcome(p_bits: u32, q_bits: u32) -> vec2<f32> {
  if (p_bits != 0u && q_bits != 0u) {
    return vec2(divergence_term(pair_of(p_bits, q_bits)), 0.0);
  }
  var cost = 0.0;
  if (q_bits != 0u) {
    cost = term_without_p(bitcast<f32>(q_bits));
  } else if (p_bits != 0u) {
    cost = term_without_q(bitcast<f32>(p_bits));
  }
  return vec2(max(cost, 0.0), select(0.0, 1.0, cost < 0.0));
}

// The bits of the divergence; all lanes of a row return the same.
fn row_divergence(p_start: u32, q_start: u32, local: u32) -> u32 {
  load_constants();
  var sum = Accumulator();
  for (var first = lane_of(local); first < uniforms.outcomes; first += BLOCK * LANES) {
    var block = vec2(0.0);
    let end = min(first + BLOCK * LANES, uniforms.outcomes);
    for (var k = first; k < end; k += LANES) {
      block += outcome(p[p_start + k] & MAGNITUDE, q[q_start + k] & MAGNITUDE);
    }
    accumulate(&sum, vec4(block, 0.0, 0.0), uniforms.zero);
  }
  let sums = sum_over_lanes(total_of(sum), local);
  // A compensated sum that overflows is NaN, which result_bits takes for infinity.
  return select(result_bits(sums.x), INFINITY_BITS, sums.y > 0.0);
}
