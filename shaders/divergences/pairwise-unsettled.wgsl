// Divergences of all pairs: those that an estimate settles are taken over, the others (-1) are evaluated directly. An item is
// a strip of one row, and neighbouring items neighbouring rows. Twin: src/divergences/divergence-matrix.ts
fn estimate_at(i: u32, j: u32) -> f32 {
  return estimates[estimates_row(i) + j];
}

// Whether all are settled. What is not is written too, and overwritten.
fn take_over(i: u32, first: u32, end: u32, local: u32) -> bool {
  let from_row = estimates_row(i);
  let to_row = i * uniforms.width;
  var left = 0.0;
  var j = first + lane_of(local);
  for (; j + 3u * LANES < end; j += 4u * LANES) { // four reads are on their way at a time
    let a = estimates[from_row + j];
    let b = estimates[from_row + j + LANES];
    let c = estimates[from_row + j + 2u * LANES];
    let d = estimates[from_row + j + 3u * LANES];
    left = max(left, -min(min(a, b), min(c, d)));
    divergences[to_row + j] = settled_bits(a);
    divergences[to_row + j + LANES] = settled_bits(b);
    divergences[to_row + j + 2u * LANES] = settled_bits(c);
    divergences[to_row + j + 3u * LANES] = settled_bits(d);
  }
  for (; j < end; j += LANES) {
    let a = estimates[from_row + j];
    left = max(left, -a);
    divergences[to_row + j] = settled_bits(a);
  }
  return max_over_lanes(vec4(left), local).x == 0.0;
}

// The same for all lanes of an item; end where all are settled.
fn next_unsettled(i: u32, first: u32, end: u32, local: u32) -> u32 {
  for (var j = first; j < end; j += LANES) {
    let own = j + lane_of(local);
    var distance = 0.0; // to the end, so that the first of the lanes' has the largest
    if (own < end) {
      distance = select(0.0, f32(end - own), estimate_at(i, own) < 0.0);
    }
    let largest = max_over_lanes(vec4(distance), local).x;
    if (agreed(largest > 0.0, local)) {
      return end - u32(largest);
    }
  }
  return end;
}

fn compute_item(item: u32, local: u32) {
  let i = item % uniforms.rows;
  let first = (item / uniforms.rows) * uniforms.strip;
  let end = min(first + uniforms.strip, uniforms.width);
  outcomes = uniforms.outcomes;
  if (agreed(take_over(i, first, end, local), local)) {
    return;
  }
  for (var j = next_unsettled(i, first, end, local); j < end; j = next_unsettled(i, j + 1u, end, local)) {
    let of_p = select(i, j, uniforms.exchanged == 1u);
    let of_q = select(j, i, uniforms.exchanged == 1u);
    let bits = row_divergence(p_row(of_p), q_row(of_q), local);
    if (lane_of(local) == (j - first) % LANES) { // the lane that has taken it over
      divergences[i * uniforms.width + j] = bits;
    }
  }
}
