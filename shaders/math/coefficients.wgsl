// The coefficients of a table's polynomial, read once an invocation, so that they can stay in registers.
// Twin: src/math/alpha-table.ts
struct Series { c0: vec4<f32>, c1: vec4<f32>, c2: vec4<f32>, c3: vec4<f32>, c4: vec4<f32>, rates: vec4<f32>, bound: f32, }
var<private> series: Series;

fn load_constants() {
  series = Series(
    bitcast<vec4<f32>>(table_head(0u)), bitcast<vec4<f32>>(table_head(1u)), bitcast<vec4<f32>>(table_head(2u)),
    bitcast<vec4<f32>>(table_head(3u)), bitcast<vec4<f32>>(table_head(4u)), bitcast<vec4<f32>>(table_head(5u)),
    bitcast<f32>(table_head(6u).z),
  );
}

// A bounded D_alpha, whose bound is reached by rows that have no outcome in common.
fn at_most_bound(divergence: f32) -> f32 {
  return select(divergence, series.bound, series.bound > 0.0 && divergence > series.bound);
}
