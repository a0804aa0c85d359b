// x y^T: the products of rows of x with rows of y, where a joined piece makes them.
// Twin: src/linear/product.ts
struct Uniforms { rows: u32, width: u32, zero: u32, quads: u32, x_start: u32, x_stride: u32, y_start: u32, y_stride: u32, }

@group(0) @binding(0) var<storage, read> x_quads: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> y_quads: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> products: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

fn store_product(i: u32, j: u32, product: f32) {
  products[i * uniforms.width + j] = product;
}
