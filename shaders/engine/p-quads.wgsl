// Loads the first input, numbers of f32 in rows that begin at multiples of four.
// Twin: src/engine/loaders.ts
@group(0) @binding(0) var<storage, read> p: array<vec4<u32>>;

fn p_at(index: u32) -> u32 {
  return p[index / 4u][index % 4u];
}

fn p_quad(index: u32) -> vec4<u32> {
  return p[index / 4u];
}
