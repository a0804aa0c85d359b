// Loads the first input, stored as f16, two numbers a word.
// Twin: src/engine/loaders.ts
@group(0) @binding(0) var<storage, read> p: array<u32>;

fn p_at(index: u32) -> u32 {
  return bits_of_half(p[index >> 1u] >> ((index & 1u) << 4u));
}

fn p_quad(index: u32) -> vec4<u32> {
  return vec4(p_at(index), p_at(index + 1u), p_at(index + 2u), p_at(index + 3u));
}
