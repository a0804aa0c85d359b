// The nearest neighbours so far: those of the columns before, merged with the smallest divergences of a block of columns.
// Pairs of index and divergence, nearest first. Twin: src/divergences/nearest.ts
fn key_at(start: u32, column: u32, after: vec2<u32>, any: bool) -> vec2<u32> {
  if (column >= uniforms.columns) {
    return NO_KEY;
  }
  let key = vec2(divergences[start + column], uniforms.column_from + column);
  return select(NO_KEY, key, any || is_before(after, key));
}

// The smallest of a row of the block that come after a key; all lanes of a row return the same.
fn next_key(start: u32, after: vec2<u32>, any: bool, local: u32) -> vec2<u32> {
  var first = NO_KEY;
  for (var column = lane_of(local); column < uniforms.columns; column += 4u * LANES) {
    let one = earlier(key_at(start, column, after, any), key_at(start, column + LANES, after, any));
    let two = earlier(key_at(start, column + 2u * LANES, after, any), key_at(start, column + 3u * LANES, after, any));
    first = earlier(first, earlier(one, two));
  }
  return first_over_lanes(first, local);
}

fn key_before(start: u32, slot: u32) -> vec2<u32> {
  if (uniforms.column_from == 0u) {
    return NO_KEY;
  }
  let divergence = before[start + 2u * slot + 1u];
  return select(vec2(divergence, u32(bitcast<f32>(before[start + 2u * slot]))), NO_KEY, divergence == NO_KEY.x);
}

fn compute_item(row: u32, local: u32) {
  let start = divergences_row(row);
  let before_start = before_row(row);
  var candidate = next_key(start, NO_KEY, true, local);
  var kept = 0u;
  for (var slot = 0u; 2u * slot < uniforms.width; slot++) {
    let known = key_before(before_start, kept);
    let enters = is_before(candidate, known);
    if (lane_of(local) == 0u) {
      let key = earlier(candidate, known);
      neighbours[row * uniforms.width + 2u * slot] = bitcast<u32>(f32(key.y));
      neighbours[row * uniforms.width + 2u * slot + 1u] = key.x;
    }
    if (agreed(enters, local)) {
      candidate = next_key(start, candidate, false, local);
    } else {
      kept += 1u;
    }
  }
}
