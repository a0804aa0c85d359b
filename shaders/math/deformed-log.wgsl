// T_c(log(q/p)) = ((q/p)^c - 1) / c, and log(q/p) at c = 0, for a pair: relative accuracy also where q is next to p.
// Twin: src/math/alpha-table.ts (deformedLogTable)
const TABLE_REACH: i32 = 280;
const TABLE_HEAD: u32 = 8u;

@group(1) @binding(0) var<storage, read> table: array<vec4<u32>>;

struct Series { c0: vec4<f32>, c1: vec4<f32>, c2: vec4<f32>, c3: vec4<f32>, c4: vec4<f32>, }
var<private> series: Series;

fn load_constants() {
  series = Series(
    bitcast<vec4<f32>>(table[0]), bitcast<vec4<f32>>(table[1]), bitcast<vec4<f32>>(table[2]),
    bitcast<vec4<f32>>(table[3]), bitcast<vec4<f32>>(table[4]),
  );
}

// The c of this table.
fn deformation() -> f32 {
  return bitcast<f32>(table[5].x);
}

fn deformed_log_ratio(pair: Pair) -> f32 {
  let row = table[TABLE_HEAD + u32(pair.k + TABLE_REACH)];
  let t = bitcast<vec2<f32>>(row.xy);
  return scale(fma(t.y * pair.s, series_at(pair.s), t.x), bitcast<i32>(row.w));
}
