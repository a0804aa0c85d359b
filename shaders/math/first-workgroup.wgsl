// The first of the keys of an item's lanes, where an item has a workgroup.
// Twin: src/math/first.ts
var<workgroup> shared_keys: array<vec2<u32>, 256>;

fn first_over_lanes(key: vec2<u32>, local: u32) -> vec2<u32> {
  workgroupBarrier();
  shared_keys[local] = key;
  for (var half = LANES / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (local < half) {
      shared_keys[local] = earlier(shared_keys[local], shared_keys[local + half]);
    }
  }
  return workgroupUniformLoad(&shared_keys[0]);
}
