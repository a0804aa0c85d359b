// Keys in order: first by the bits of a number that is not negative, which are in the order of the numbers, then by an index.
// Twin: src/math/first.ts
const NO_KEY: vec2<u32> = vec2<u32>(0xffffffffu, 0xffffffffu);

fn is_before(x: vec2<u32>, y: vec2<u32>) -> bool {
  return x.x < y.x || (x.x == y.x && x.y < y.y);
}

fn earlier(x: vec2<u32>, y: vec2<u32>) -> vec2<u32> {
  return select(y, x, is_before(x, y));
}
