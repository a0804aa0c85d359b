// What an exact sum is of: rows, each with a weight.
// Twin: src/math/exact-sum.ts
struct Uniforms {
  rows: u32, columns: u32, column_from: u32,
  values_start: u32, values_stride: u32, weights_start: u32, weights_stride: u32, before_start: u32, before_stride: u32,
}

@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read> weights: array<u32>;
@group(0) @binding(2) var<storage, read> before: array<u32>;
@group(0) @binding(3) var<storage, read_write> state: array<u32>;
@group(0) @binding(4) var<uniform> uniforms: Uniforms;

fn weight_at(row: u32, column: u32) -> u32 {
  return weights[uniforms.weights_start + row * uniforms.weights_stride + column];
}
