// Rows over invocations: one row a workgroup; its lanes read neighbouring numbers and join by a tree.
// Twin: src/engine/regimes.ts
const LANES: u32 = 256u;
const WORKGROUP: u32 = 256u;

var<workgroup> shared_sums: array<vec4<f32>, 256>;
var<workgroup> shared_choice: u32;

fn item_of(workgroup: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
  return workgroup.y * groups.x + workgroup.x;
}

fn row_of(item: u32, rows: u32) -> u32 {
  return item;
}

fn is_idle(item: u32, rows: u32) -> bool {
  return item >= rows;
}

fn lane_of(local: u32) -> u32 {
  return local;
}

fn sum_over_lanes(x: vec4<f32>, local: u32) -> vec4<f32> {
  workgroupBarrier();
  shared_sums[local] = x;
  for (var half = LANES / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (local < half) {
      shared_sums[local] += shared_sums[local + half];
    }
  }
  return workgroupUniformLoad(&shared_sums[0]);
}

fn max_over_lanes(x: vec4<f32>, local: u32) -> vec4<f32> {
  workgroupBarrier();
  shared_sums[local] = x;
  for (var half = LANES / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (local < half) {
      shared_sums[local] = max(shared_sums[local], shared_sums[local + half]);
    }
  }
  return workgroupUniformLoad(&shared_sums[0]);
}

// After it a lane reads what others have written into the result.
fn meet() {
  storageBarrier();
}

// A choice that all lanes make alike, in a form that the compiler knows to be uniform.
fn agreed(choice: bool, local: u32) -> bool {
  if (local == 0u) {
    shared_choice = u32(choice);
  }
  return workgroupUniformLoad(&shared_choice) != 0u;
}
