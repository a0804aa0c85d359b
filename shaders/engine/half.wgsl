// The bits in f32 of the half in the lower 16 bits of a word. By integers: unpack2x16float may flush subnormal halves.
// Twin: src/engine/storage.ts (numberOfHalf)
fn bits_of_half(word: u32) -> u32 {
  let bits = word & 0x7fffu;
  let normal = (bits << 13u) + select(0x38000000u, 0x70000000u, bits >= 0x7c00u);
  return ((word & 0x8000u) << 16u) | select(normal, bitcast<u32>(f32(bits) * 0x1p-24), bits < 0x400u);
}
