// x y^T: the products of rows of x with rows of y, where a joined piece makes them.
// Twin: src/linear/product.ts
fn store_product(i: u32, j: u32, product: f32) {
  products[i * uniforms.width + j] = product;
}
