// A host-made table of one alpha: a head with the coefficients of a polynomial, and a row for each exponent difference k.
// Twin: src/math/alpha-table.ts
const TABLE_REACH: i32 = 280;
const TABLE_HEAD: u32 = 8u;

@group(1) @binding(0) var<storage, read> table: array<vec4<u32>>;

// The coefficients: read once an invocation, so that they can stay in registers.
struct Series { c0: vec4<f32>, c1: vec4<f32>, c2: vec4<f32>, c3: vec4<f32>, c4: vec4<f32>, rates: vec4<f32>, }
var<private> series: Series;

fn load_constants() {
  series = Series(
    bitcast<vec4<f32>>(table[0]), bitcast<vec4<f32>>(table[1]), bitcast<vec4<f32>>(table[2]),
    bitcast<vec4<f32>>(table[3]), bitcast<vec4<f32>>(table[4]), bitcast<vec4<f32>>(table[5]),
  );
}

fn table_row(k: i32) -> vec4<u32> {
  return table[TABLE_HEAD + u32(k + TABLE_REACH)];
}
