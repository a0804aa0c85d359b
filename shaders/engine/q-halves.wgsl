// Loads the second input, stored as f16, two numbers a word.
// Twin: src/engine/loaders.ts
@group(0) @binding(1) var<storage, read> q: array<u32>;

fn q_at(index: u32) -> u32 {
  return bits_of_half(q[index >> 1u] >> ((index & 1u) << 4u));
}

fn q_quad(index: u32) -> vec4<u32> {
  return vec4(q_at(index), q_at(index + 1u), q_at(index + 2u), q_at(index + 3u));
}
