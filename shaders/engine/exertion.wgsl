// As much arithmetic an outcome as a divergence of rows has, to see what it costs on a device.
// Twin: src/engine/exertion.ts
fn compute_item(row: u32, local: u32) {
  var sum = vec4(0.0);
  for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
    var x = vec4(p[uniforms.p_start + k]) + sum;
    for (var turn = 0u; turn < 25u; turn++) { // 100 multiply-adds
      x = fma(x, vec4(0.5, 0.25, 0.125, 0.0625), vec4(0.25));
    }
    sum += x;
  }
  let total = sum_over_lanes(sum, local);
  if (lane_of(local) == 0u) {
    sums[row] = total.x + total.y + total.z + total.w;
  }
}
