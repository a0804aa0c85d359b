// What the parts of a long row of weights must know of one another: the sums so far, and what the row's frame is made of.
// Twin: src/divergences/split-rows.ts
struct PartialSums { sums: vec4<f32>, more: vec4<f32>, }

fn first_partial_sums(p_start: u32, q_start: u32, local: u32) -> PartialSums {
  let frame = mass_frame(p_start, q_start, outcomes, local);
  return PartialSums(sweep(p_start, q_start, local, SAME_MASS), vec4(frame.mass_p, frame.mass_q, bitcast<f32>(frame.p), bitcast<f32>(frame.q)));
}

fn joined(one: PartialSums, other: PartialSums) -> PartialSums {
  let x = bitcast<vec4<u32>>(one.more);
  let y = bitcast<vec4<u32>>(other.more);
  let numbers = select(one.more.zw, other.more.zw, y.z + y.w > x.z + x.w);
  return PartialSums(one.sums + other.sums, vec4(one.more.xy + other.more.xy, numbers));
}

fn frame_from(more: vec4<f32>) -> MassFrame {
  return MassFrame(more.x, more.y, bitcast<u32>(more.z), bitcast<u32>(more.w));
}

// The sums of this part with the row's masses made equal, or those that it has where its masses do not matter.
fn next_sums(p_start: u32, q_start: u32, local: u32, first: PartialSums, latest: vec4<f32>, own: vec4<f32>) -> vec4<f32> {
  let frame = frame_from(first.more);
  var by = SAME_MASS;
  if (uniforms.again > 0u) {
    by = next_rescaling(by, frame, first.sums);
  }
  let unsettled = is_unsettled(first.sums, SAME_MASS) && (uniforms.again == 0u || is_unsettled(latest, by));
  if (!agreed(unsettled, local)) {
    return own;
  }
  return sweep(p_start, q_start, local, next_rescaling(by, frame, latest));
}
