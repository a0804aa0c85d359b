// Loads the first input, stored as f32.
// Twin: src/engine/loaders.ts
@group(0) @binding(0) var<storage, read> p: array<u32>;

fn p_at(index: u32) -> u32 {
  return p[index];
}
