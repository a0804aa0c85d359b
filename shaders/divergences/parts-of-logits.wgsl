// What the parts of a long row of logits must know of one another: the overview, and the sums so far.
// Twin: src/divergences/split-rows.ts
struct PartialSums { sums: vec4<f32>, more: vec4<f32>, }

fn first_partial_sums(p_start: u32, q_start: u32, local: u32) -> PartialSums {
  let row = overview(p_start, q_start, local);
  return PartialSums(vec4(row.greatest, row.masses), vec4(row.distances, 0.0, 0.0));
}

fn joined(one: PartialSums, other: PartialSums) -> PartialSums {
  let top = max(one.sums.xy, other.sums.xy);
  let factors = exponentials(vec4(falls(one.sums.xy, top), falls(other.sums.xy, top)));
  return PartialSums(vec4(top, one.sums.zw * factors.xy + other.sums.zw * factors.zw), max(one.more, other.more));
}

fn next_sums(p_start: u32, q_start: u32, local: u32, first: PartialSums, latest: vec4<f32>, own: vec4<f32>) -> vec4<f32> {
  let row = Overview(first.sums.xy, first.sums.zw, first.more.xy);
  var by = normaliser_of(row);
  if (uniforms.again > 0u) {
    if (!agreed(is_hidden(latest), local)) {
      return own;
    }
    by = corrected(by, latest);
  }
  return sweep_of(p_start, q_start, local, by, is_far(row, by));
}
