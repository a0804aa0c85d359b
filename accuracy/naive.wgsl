// The α-divergence by the textbook formula in plain f32 with WGSL's own pow and log, as anyone would write it.
// Twin: accuracy/naive.ts
fn term(p: f32, q: f32) -> f32 {
  if (uniforms.alpha == -1.0) {
    return p * log(p / q);
  }
  if (uniforms.alpha == 1.0) {
    return q * log(q / p);
  }
  return pow(p, 0.5 * (1.0 - uniforms.alpha)) * pow(q, 0.5 * (1.0 + uniforms.alpha));
}

// Two outcomes a turn: lavapipe ends an invocation after 65,535 turns of all its loops, and logits have three.
fn term_at(first_p: u32, first_q: u32, k: u32, scale: vec4<f32>) -> f32 {
  if (k >= uniforms.outcomes) {
    return 0.0;
  }
  let pair = probabilities(vec2(p[first_p + k], q[first_q + k]), scale);
  return term(pair.x, pair.y);
}

fn divergence_of(sum: f32) -> f32 {
  let alpha = uniforms.alpha;
  return select(4.0 / (1.0 - alpha * alpha) * (1.0 - sum), sum, abs(alpha) == 1.0);
}

fn compute_item(row: u32, local: u32) {
  let first_p = p_row(row);
  let first_q = q_row(row);
  let scale = scale_of(first_p, first_q, local);
  var sum = vec2(0.0);
  for (var k = lane_of(local); k < uniforms.outcomes; k += 2u * LANES) {
    sum.x += term_at(first_p, first_q, k, scale);
    sum.y += term_at(first_p, first_q, k + LANES, scale);
  }
  let total = sum_over_lanes(vec4(sum.x + sum.y, 0.0, 0.0, 0.0), local).x;
  if (lane_of(local) == 0u) {
    divergences[row] = divergence_of(total);
  }
}
