// Loads the second input, numbers of f32 wherever its rows begin.
// Twin: src/engine/loaders.ts
@group(0) @binding(1) var<storage, read> q: array<u32>;

fn q_at(index: u32) -> u32 {
  return q[index];
}

fn q_quad(index: u32) -> vec4<u32> {
  return vec4(q[index], q[index + 1u], q[index + 2u], q[index + 3u]);
}
