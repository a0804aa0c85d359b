// The index of the largest weight of a row, the first of them. A joined piece supplies `weight`.
// Twin: src/math/mode.ts
fn mode_of(start: u32, outcomes: u32, local: u32) -> u32 {
  var greatest = 0.0;
  for (var k = lane_of(local); k < outcomes; k += LANES) {
    greatest = max(greatest, weight(start, k));
  }
  greatest = max_over_lanes(vec4(greatest), local).x;
  var distance = 0.0; // from the end to the first greatest entry; exact in f32 up to 2^24 outcomes
  for (var k = lane_of(local); k < outcomes; k += LANES) {
    if (weight(start, k) == greatest) {
      distance = max(distance, f32(outcomes - k));
    }
  }
  return outcomes - u32(max_over_lanes(vec4(distance), local).x);
}
