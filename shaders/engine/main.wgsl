// Lays the items of a kernel over invocations; those beyond the last one have nothing to do.
// Twin: src/engine/frame.ts
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  if (!is_idle(item, uniforms.items)) {
    compute_item(item, local);
  }
}
