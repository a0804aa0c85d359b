// Products x yᵀ of the square matrices that rows hold, in double-single: the high parts of a matrix lie before its low parts.
// Twin: src/linear/row-products.ts
fn compute_item(item: u32, local: u32) {
  let parts = uniforms.width / 2u;
  let entry = item % parts;
  let from_x = x_row(item / parts) + entry / uniforms.size * uniforms.size;
  let from_y = y_row(item / parts) + entry % uniforms.size * uniforms.size;
  var sum = DoubleSingle(0.0, 0.0);
  for (var k = 0u; k < uniforms.size; k++) {
    let a = DoubleSingle(x[from_x + k], x[from_x + parts + k]);
    let b = DoubleSingle(y[from_y + k], y[from_y + parts + k]);
    sum = add(sum, multiply(a, b, uniforms.zero), uniforms.zero);
  }
  let to = item / parts * uniforms.width + entry;
  products[to] = sum.high;
  products[to + parts] = sum.low;
}
