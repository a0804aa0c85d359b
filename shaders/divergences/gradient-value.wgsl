// The value of a divergence from the sums that the sweep of its gradient made; evaluated apart where these do not settle it.
// Twin: src/divergences/gradient-kernel.ts
fn value_of(sum: Accumulator, rows: Rows, local: u32) -> u32 {
  let sums = sum_over_lanes(total_of(sum), local);
  if (agreed(unsettled(sums), local)) {
    return row_divergence(rows.p, rows.q, local);
  }
  return bits_of_divergence(sums);
}
