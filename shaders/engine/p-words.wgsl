// Loads the first input, numbers of f32 wherever its rows begin.
// Twin: src/engine/loaders.ts
@group(0) @binding(0) var<storage, read> p: array<u32>;

fn p_at(index: u32) -> u32 {
  return p[index];
}

fn p_quad(index: u32) -> vec4<u32> {
  return vec4(p[index], p[index + 1u], p[index + 2u], p[index + 3u]);
}
