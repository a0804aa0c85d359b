// Rows over invocations: one row a lane, no barriers. Also lays single elements over lanes.
// Twin: src/engine/regimes.ts
const LANES: u32 = 1u;

fn item_of(workgroup: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
  return (workgroup.y * groups.x + workgroup.x) * WORKGROUP + local;
}

fn row_of(item: u32, rows: u32) -> u32 {
  return item;
}

fn is_idle(item: u32, rows: u32) -> bool {
  return item >= rows;
}

fn lane_of(local: u32) -> u32 {
  return 0u;
}

fn sum_over_lanes(x: vec4<f32>, local: u32) -> vec4<f32> {
  return x;
}

fn max_over_lanes(x: vec4<f32>, local: u32) -> vec4<f32> {
  return x;
}

// A lane has its row to itself.
fn meet() {
}

fn agreed(choice: bool, local: u32) -> bool {
  return choice;
}
