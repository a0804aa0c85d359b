// What the parts of a long row of weights must know of one another: the sums so far, and the masses.
// Twin: src/divergences/split-rows.ts
struct Knowledge { sums: vec4<f32>, more: vec4<f32>, }

fn first_knowledge(p_start: u32, q_start: u32, local: u32) -> Knowledge {
  return Knowledge(sweep(p_start, q_start, local, SAME_MASS), vec4(masses_of(p_start, q_start, local), 0.0, 0.0));
}

fn joined(one: Knowledge, other: Knowledge) -> Knowledge {
  return Knowledge(one.sums + other.sums, one.more + other.more);
}

// The sums of this part with the row's masses made equal, or those that it has where its masses do not matter.
fn next_sums(p_start: u32, q_start: u32, local: u32, first: Knowledge, latest: vec4<f32>, own: vec4<f32>) -> vec4<f32> {
  let rescale = masses_matter(first.sums) && (uniforms.again == 0u || masses_matter(latest));
  if (!agreed(rescale, local)) {
    return own;
  }
  var by = rescaling_of(first.sums, first.more.xy);
  if (uniforms.again > 0u) {
    by = refined(by, latest);
  }
  return sweep(p_start, q_start, local, by);
}
