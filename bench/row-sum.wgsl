// Sums of numbers that only have to be read: the bandwidth that a layout of rows over invocations allows.
// Twin: bench/ceilings.ts (sumOfRow, sumAcrossRows)
fn compute_item(row: u32, local: u32) {
  let first = row * uniforms.row_pitch;
  let step = LANES * uniforms.quad_pitch;
  var k = lane_of(local);
  var at = first + k * uniforms.quad_pitch;
  var sum = array<vec4<f32>, 4>(); // four reads are on their way at a time
  for (; k + 3u * LANES < uniforms.quads; k += 4u * LANES) {
    sum[0] += x[at];
    sum[1] += x[at + step];
    sum[2] += x[at + 2u * step];
    sum[3] += x[at + 3u * step];
    at += 4u * step;
  }
  for (; k < uniforms.quads; k += LANES) {
    sum[0] += x[at];
    at += step;
  }
  let total = sum_over_lanes((sum[0] + sum[1]) + (sum[2] + sum[3]), local);
  if (lane_of(local) == 0u) {
    sums[row] = (total.x + total.y) + (total.z + total.w);
  }
}
