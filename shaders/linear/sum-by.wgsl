// Adds rows of x to the sums of their groups, which have two f32 an entry. A tile is a column of a strip.
// Twin: src/linear/sum-by.ts
fn add_rows(column: u32, strip: u32, begin: u32, end: u32) {
  for (var row = begin - uniforms.column_from; row < end - uniforms.column_from; row++) {
    let group = index[index_row(row)] - uniforms.row_from; // huge below 0
    if (group < uniforms.rows) {
      let at = group * uniforms.width + 2u * strip * uniforms.tiles + column;
      let sum = two_sum(sums[at], x[x_row(row) + column], uniforms.zero);
      sums[at] = sum.high;
      if ((bitcast<u32>(sum.high) & 0x7f800000u) != 0x7f800000u) { // or nothing is lost
        sums[at + uniforms.tiles] += sum.low;
      }
    }
  }
}
