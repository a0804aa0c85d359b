// Loads the second input, stored as f16, two numbers a word.
// Twin: src/engine/loaders.ts
@group(0) @binding(1) var<storage, read> q: array<u32>;

fn q_at(index: u32) -> u32 {
  return bits_of_half(q[index >> 1u] >> ((index & 1u) << 4u));
}
