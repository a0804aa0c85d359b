// Loads the second input, numbers of f32 in rows that begin at multiples of four.
// Twin: src/engine/loaders.ts
@group(0) @binding(1) var<storage, read> q: array<vec4<u32>>;

fn q_at(index: u32) -> u32 {
  return q[index / 4u][index % 4u];
}

fn q_quad(index: u32) -> vec4<u32> {
  return q[index / 4u];
}
