// Loads the second input, stored as f32.
// Twin: src/engine/loaders.ts
@group(0) @binding(1) var<storage, read> q: array<u32>;

fn q_at(index: u32) -> u32 {
  return q[index];
}
