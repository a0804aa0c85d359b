// Where a row is greatest, the first such place.
// Twin: src/program/interpret.ts (reducerOf)
struct Best { x: DoubleSingle, k: u32, }

fn best_of_none(local: u32) -> Best {
  return Best(lowest_double(), lane_of(local));
}

fn better_of(best: Best, x: DoubleSingle, k: u32) -> Best {
  if (is_less(best.x, x)) {
    return Best(x, k);
  }
  return best;
}

// Over all lanes by the distance from the end, which f32 has exactly up to 2^24 entries.
fn argmax_of(best: Best, local: u32) -> f32 {
  let greatest = max_of_doubles(best.x, local);
  let distance = select(0.0, f32(uniforms.outcomes) - f32(best.k), is_equal(best.x, greatest));
  return f32(uniforms.outcomes) - max_over_lanes(vec4(distance), local).x;
}
