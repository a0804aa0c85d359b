// T_c(log(q/p)) = ((q/p)^c - 1) / c, and log(q/p) at c = 0, for a pair: relative accuracy also where q is next to p.
// Twin: src/math/alpha-table.ts (deformedLogTable)
// The c of this table.
fn deformation() -> f32 {
  return bitcast<f32>(table[5].x);
}

fn deformed_log_ratio(pair: Pair) -> f32 {
  let row = table_row(pair.k);
  let t = bitcast<vec2<f32>>(row.xy);
  return fma(t.y * pair.s, series_at(pair.s), t.x) * power_of_two(min(bitcast<i32>(row.w), 127));
}
