// The mass of a row, of its largest entry's complement, and where that entry is: 1 - p keeps its digits when p is next to 1.
// Twin: src/geometry/row-mass.ts
fn weight(start: u32, k: u32) -> f32 {
  return p[start + k];
}

fn compute_item(row: u32, local: u32) {
  let start = p_row(row);
  let mode = mode_of(start, uniforms.outcomes, local);
  var sum = Accumulator();
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    let x = weight(start, k);
    accumulate(&sum, vec4(x, select(x, 0.0, k == mode), 0.0, 0.0), uniforms.zero);
  }
  let sums = sum_over_lanes(total_of(sum), local);
  if (lane_of(local) == 0u) {
    masses[3u * row] = sums.x;
    masses[3u * row + 1u] = sums.y;
    masses[3u * row + 2u] = f32(mode);
  }
}
