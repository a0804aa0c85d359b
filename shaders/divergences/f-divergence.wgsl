// q f(p/q) for a caller's f, `generator`, of a ratio and of its excess over 1, which keeps its digits where q is next to p.
// The table has f(0) and lim f(x)/x, -1 where they are infinite.
// Twin: src/divergences/define-f-divergence.ts
const REACH: i32 = 126; // beyond 2^126 a ratio counts as its limit

fn load_constants() {
}

fn divergence_term(pair: Pair) -> f32 {
  let q = pair.u + pair.d;
  let limits = table[0];
  if (pair.k > REACH && limits.x >= 0.0) {
    return scale(q * limits.x, pair.exponent);
  }
  if (pair.k < -REACH && limits.y >= 0.0) {
    return scale(pair.u * limits.y, pair.exponent - pair.k);
  }
  let ratio = scale(pair.u / q, clamp(-pair.k, -REACH, REACH));
  let excess = select(ratio - 1.0, -pair.d / q, pair.k == 0);
  return scale(q * generator(ratio, excess), pair.exponent);
}

fn term_without_p(q: f32) -> f32 {
  return select(q * table[0].x, -1.0, table[0].x < 0.0);
}

fn term_without_q(p: f32) -> f32 {
  return select(p * table[0].y, -1.0, table[0].y < 0.0);
}

// Nothing is known of f, so masses are made equal unless they are to half an ulp, and beside the divergence.
fn masses_matter(sums: vec4<f32>) -> bool {
  return abs(sums.z) > 3.0e-8 * sums.y || sums.z * (sums.z / sums.y) > 3.0e-8 * sums.x;
}

fn divergence_of(sums: vec4<f32>) -> f32 {
  let limits = table[0];
  let bound = limits.x + limits.y; // of rows that have no outcome in common
  let divergence = sums.x / sums.y;
  return select(divergence, bound, min(limits.x, limits.y) >= 0.0 && divergence > bound);
}
