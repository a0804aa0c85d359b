// Rows of logits over a temperature, rounded once: z/T for powers of two, which is exact, else (z - max z)/T, so that what counts
// most is rounded least.
// Twin: src/math/temper.ts
const INFINITY_BITS: u32 = 0x7f800000u;
const MINUS_INFINITY: u32 = 0xff800000u;
const LOWEST: u32 = 0xff7fffffu;

fn compute_item(row: u32, local: u32) {
  let start = p_row(row);
  var most = vec4(bitcast<f32>(LOWEST));
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    most.x = max(most.x, bitcast<f32>(select(p[start + k], LOWEST, p[start + k] == MINUS_INFINITY)));
  }
  let greatest = select(0.0, max_over_lanes(most, local).x, uniforms.centred != 0u);
  for (var k = lane_of(local); k < uniforms.width; k += LANES) {
    let bits = p[start + k];
    let depth = two_sum(bitcast<f32>(select(bits, LOWEST, bits == MINUS_INFINITY)), -greatest, uniforms.zero);
    let product = two_product(depth.high, uniforms.inverse_high, uniforms.zero);
    let x = bitcast<u32>(product.high + fma(depth.high, uniforms.inverse_low, fma(depth.low, uniforms.inverse_high, product.low)));
    let bound = select(LOWEST, LOWEST & 0x7fffffffu, depth.high > 0.0);
    let finite = (x & INFINITY_BITS) != INFINITY_BITS && (bitcast<u32>(product.high) & INFINITY_BITS) != INFINITY_BITS;
    tempered[row * uniforms.width + k] = select(select(bound, x, finite), MINUS_INFINITY, bits == MINUS_INFINITY);
  }
}
