// Lanes of a team join within their subgroup: no barrier where it holds a team. Sums are those of the tree to the last bit,
// since each step adds the same two numbers. Lanes of a subgroup are taken to be neighbours, as on all known devices.
// Twin: src/engine/regimes.ts
enable subgroups;
diagnostic(off, subgroup_uniformity);

const SHARED_STEPS: bool = LANES > SUBGROUP;

fn sum_over_lanes(x: vec4<f32>, local: u32) -> vec4<f32> {
  let lane = local % LANES;
  var sum = x;
  if (SHARED_STEPS) {
    workgroupBarrier();
    shared_sums[local] = x;
    for (var half = LANES / 2u; half >= SUBGROUP; half >>= 1u) {
      workgroupBarrier();
      if (lane < half) {
        shared_sums[local] += shared_sums[local + half];
      }
    }
    workgroupBarrier();
    sum = shared_sums[local - lane + lane % SUBGROUP];
  }
  for (var half = min(LANES, SUBGROUP) / 2u; half > 0u; half >>= 1u) {
    sum += subgroupShuffleXor(sum, half);
  }
  return sum;
}

fn max_over_lanes(x: vec4<f32>, local: u32) -> vec4<f32> {
  let lane = local % LANES;
  var greatest = x;
  if (SHARED_STEPS) {
    workgroupBarrier();
    shared_sums[local] = x;
    for (var half = LANES / 2u; half >= SUBGROUP; half >>= 1u) {
      workgroupBarrier();
      if (lane < half) {
        shared_sums[local] = max(shared_sums[local], shared_sums[local + half]);
      }
    }
    workgroupBarrier();
    greatest = shared_sums[local - lane + lane % SUBGROUP];
  }
  for (var half = min(LANES, SUBGROUP) / 2u; half > 0u; half >>= 1u) {
    greatest = max(greatest, subgroupShuffleXor(greatest, half));
  }
  return greatest;
}
