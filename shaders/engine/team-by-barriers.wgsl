// Lanes of a team join by a tree in workgroup memory.
// Twin: src/engine/regimes.ts
fn sum_over_lanes(x: vec4<f32>, local: u32) -> vec4<f32> {
  let lane = local % LANES;
  workgroupBarrier();
  shared_sums[local] = x;
  for (var half = LANES / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      shared_sums[local] += shared_sums[local + half];
    }
  }
  workgroupBarrier();
  return shared_sums[local - lane];
}

fn max_over_lanes(x: vec4<f32>, local: u32) -> vec4<f32> {
  let lane = local % LANES;
  workgroupBarrier();
  shared_sums[local] = x;
  for (var half = LANES / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      shared_sums[local] = max(shared_sums[local], shared_sums[local + half]);
    }
  }
  workgroupBarrier();
  return shared_sums[local - lane];
}
