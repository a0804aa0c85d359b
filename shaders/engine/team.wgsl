// Rows over invocations: four rows a workgroup, each served by sixteen lanes that read neighbouring numbers.
// Twin: src/engine/regimes.ts
const LANES: u32 = 16u;
const TEAMS: u32 = 4u;
const WORKGROUP: u32 = 64u;

var<workgroup> shared_sums: array<vec4<f32>, 64>;
var<workgroup> shared_choices: array<u32, 4>;
var<workgroup> shared_choice: u32;

fn item_of(workgroup: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
  return (workgroup.y * groups.x + workgroup.x) * TEAMS + local / LANES;
}

// A team without a row of its own goes through the last one, since all lanes must meet at the barriers.
fn row_of(item: u32, rows: u32) -> u32 {
  return min(item, rows - 1u);
}

fn is_idle(item: u32, rows: u32) -> bool {
  return false;
}

fn lane_of(local: u32) -> u32 {
  return local % LANES;
}

// Whether any of the teams makes the choice: then all of them go the same way.
fn agreed(choice: bool, local: u32) -> bool {
  if (local % LANES == 0u) {
    shared_choices[local / LANES] = u32(choice);
  }
  workgroupBarrier();
  if (local == 0u) {
    shared_choice = (shared_choices[0] | shared_choices[1]) | (shared_choices[2] | shared_choices[3]);
  }
  return workgroupUniformLoad(&shared_choice) != 0u;
}
