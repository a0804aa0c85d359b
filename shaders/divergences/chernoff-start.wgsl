// What the search for the Chernoff order starts from: the rescaling that equals the masses, and the whole interval.
// Twin: src/divergences/chernoff-search.ts
const LIFT: i32 = 60; // the binary logarithm of the mass at which rows are taken, so that f32 keeps the terms of near ones

fn compute_item(row: u32, local: u32) {
  let p_start = p_row(row);
  let q_start = q_row(row);
  var by = lifted(equal_masses(mass_frame(p_start, q_start, uniforms.outcomes, local)), LIFT);
  var sums = mass_sums(p_start, q_start, local, by);
  by = refined(by, sums.x, sums.y);
  sums = mass_sums(p_start, q_start, local, by);
  by = refined(by, sums.x, sums.y);
  if (lane_of(local) == 0u) {
    let at = 10u * row;
    states[at] = by.of_p.high;
    states[at + 1u] = by.of_p.low;
    states[at + 2u] = by.of_q;
    states[at + 3u] = f32(by.shift_p);
    states[at + 4u] = f32(by.shift_q);
    states[at + 5u] = 0.5;
    states[at + 6u] = -1.0; // neither end has been tried
    states[at + 7u] = 2.0;
    states[at + 8u] = 0.0;
    states[at + 9u] = sums.w;
  }
}
