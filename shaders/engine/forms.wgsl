// Finds the first row that breaks the rules of its form; classifies on bits, for shaders need not keep NaN.
// Twin: src/engine/forms.ts (problemOfRow)
const WEIGHTS: u32 = 0u;
const PROBABILITIES: u32 = 1u;
const LOGITS: u32 = 2u;
const LOG_PROBABILITIES: u32 = 3u;
const VALUES: u32 = 4u;

const SMALLEST_MASS: u32 = 0x0d800000u; // 2^-100
const LARGEST_MASS: u32 = 0x71800000u;  // 2^100

fn entry_is_bad(bits: u32) -> bool {
  let magnitude = bits & 0x7fffffffu;
  if (uniforms.form <= PROBABILITIES) {
    return bits > 0x7f7fffffu && magnitude != 0u;
  }
  if (uniforms.form <= LOG_PROBABILITIES) {
    return magnitude > 0x7f800000u || bits == 0x7f800000u;
  }
  return magnitude >= 0x7f800000u;
}

// x, bad, finite: what one entry adds to the sums of its row.
fn entry(bits: u32) -> vec4<f32> {
  if (entry_is_bad(bits)) {
    return vec4(0.0, 1.0, 0.0, 0.0);
  }
  if (bits == 0xff800000u) {
    return vec4(0.0);
  }
  let x = bitcast<f32>(bits);
  if (uniforms.form == LOG_PROBABILITIES) {
    return vec4(exp(min(x, 80.0)), 0.0, 1.0, 0.0); // the built-in is good enough for a tolerance of 1e-3
  }
  return vec4(select(0.0, x, uniforms.form <= PROBABILITIES), 0.0, 1.0, 0.0);
}

fn row_is_bad(sums: vec4<f32>) -> bool {
  if (sums.y > 0.0) {
    return true;
  }
  switch (uniforms.form) {
    case WEIGHTS: {
      let bits = bitcast<u32>(sums.x); // of a number that is not negative: bits compare as the numbers do
      return bits < SMALLEST_MASS || bits > LARGEST_MASS;
    }
    case PROBABILITIES, LOG_PROBABILITIES: { return abs(sums.x - 1.0) > 1.0e-3; }
    case LOGITS: { return sums.z == 0.0; }
    default: { return false; }
  }
}

fn compute_item(row: u32, local: u32) {
  let start = p_row(row);
  var sums = vec4(0.0);
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    sums += entry(p_at(start + k));
  }
  sums = sum_over_lanes(sums, local);
  if (lane_of(local) == 0u && row_is_bad(sums)) {
    atomicMin(&first_bad_row[uniforms.slot], uniforms.first_row + row);
  }
}
