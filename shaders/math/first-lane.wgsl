// The first of the keys of an item's lanes, where an item has one lane.
// Twin: src/math/first.ts
fn first_over_lanes(key: vec2<u32>, local: u32) -> vec2<u32> {
  return key;
}
