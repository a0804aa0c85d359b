// One of many tables of alpha, each short: rows for |k| < 32 and for multiples of 32, of which any other row is made.
// Twin: src/math/alpha-tables.ts
const FINE: u32 = 8u;      // where the rows k = -31 ... 31 begin
const COARSE: u32 = 71u;   // where the rows k = -256, -224 ... 256 begin
const TABLE_LENGTH: u32 = 88u;
const TABLE_REACH: i32 = 280;

// Where the table of this row's alpha begins.
var<private> table_start: u32;

fn table_head(index: u32) -> vec4<u32> {
  return tables[table_start + index];
}

fn stored_row(index: u32) -> vec4<f32> {
  return bitcast<vec4<f32>>(tables[table_start + index]);
}

fn table_row(k: i32) -> vec4<u32> {
  let steps = k / 32; // towards zero, so that both parts have the sign of k and nothing cancels
  let rest = k - 32 * steps;
  var row = stored_row(FINE + u32(rest + 31));
  if (steps != 0) {
    row = joined(stored_row(COARSE + u32(steps + 8)), row, -rest);
  }
  let exponent = i32(row.w) + min(k, 0); // relative to the larger of p and q, as in the long tables
  let kept = min(exponent, 124);
  return vec4(bitcast<vec3<u32>>(row.xyz * power_of_two(kept)), bitcast<u32>(exponent - kept));
}

// The row of n + m from those of n and m, where p = 2^(n + m) q: the three-point identity once more,
// F_(n+m) = F_n + (2^(n+m) - 2^n) F'_n + 2^n rho_n F_m,   F'_(n+m) = F'_n + rho_n F'_m,   rho_(n+m) = rho_n rho_m.
fn joined(x: vec4<f32>, y: vec4<f32>, minus_m: i32) -> vec4<f32> {
  let exponent = max(max(0, minus_m), i32(y.w));
  let power = scale(1.0, minus_m - exponent);
  let one = scale(1.0, -exponent);
  let c = scale(x.z, i32(y.w) - exponent) * y.xyz;
  return vec4(fma(power, x.x, fma(one - power, x.y, c.x)), fma(one, x.y, c.y), c.z, x.w + f32(exponent));
}
