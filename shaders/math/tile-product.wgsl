// A matrix product x y^T in tiles of 4 x 4 a lane, for few rows. Rows of x and y lie in memory as quads, zero-padded.
// A joined piece binds x_quads and y_quads and supplies `store_product`. Twin: src/math/tile-product.ts
const PLAIN_QUADS: u32 = 8u; // quads that are summed plainly before the compensated sum

// The first quads of 4 rows; beyond the edge the last row again.
fn tile_rows(first: u32, rows: u32, start: u32, stride: u32) -> vec4<u32> {
  let rows_of_tile = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(rows - 1u));
  return (vec4(start) + rows_of_tile * stride) / 4u;
}

// Entry [a][b] is the inner product of x's row a and y's row b.
fn tile_products(x: vec4<u32>, y: vec4<u32>) -> array<vec4<f32>, 4> {
  // Not an array: a pointer to one of its elements as an argument makes Firefox crash.
  var sum0 = Accumulator();
  var sum1 = Accumulator();
  var sum2 = Accumulator();
  var sum3 = Accumulator();
  for (var first = 0u; first < uniforms.quads; first += PLAIN_QUADS) {
    var part0 = vec4(0.0);
    var part1 = vec4(0.0);
    var part2 = vec4(0.0);
    var part3 = vec4(0.0);
    let end = min(first + PLAIN_QUADS, uniforms.quads);
    for (var k = first; k < end; k++) {
      let columns = mat4x4<f32>(y_quads[y.x + k], y_quads[y.y + k], y_quads[y.z + k], y_quads[y.w + k]);
      part0 += x_quads[x.x + k] * columns;
      part1 += x_quads[x.y + k] * columns;
      part2 += x_quads[x.z + k] * columns;
      part3 += x_quads[x.w + k] * columns;
    }
    accumulate(&sum0, part0, uniforms.zero);
    accumulate(&sum1, part1, uniforms.zero);
    accumulate(&sum2, part2, uniforms.zero);
    accumulate(&sum3, part3, uniforms.zero);
  }
  return array<vec4<f32>, 4>(total_of(sum0), total_of(sum1), total_of(sum2), total_of(sum3));
}

fn compute_item(item: u32, local: u32) {
  let tiles = (uniforms.width + 3u) / 4u;
  let i = 4u * (item / tiles);
  let j = 4u * (item % tiles);
  let x = tile_rows(i, uniforms.rows, uniforms.x_quads_start, uniforms.x_quads_stride);
  let y = tile_rows(j, uniforms.width, uniforms.y_quads_start, uniforms.y_quads_stride);
  var products = tile_products(x, y);
  for (var a = 0u; a < min(4u, uniforms.rows - i); a++) {
    for (var b = 0u; b < min(4u, uniforms.width - j); b++) {
      store_product(i + a, j + b, products[a][b]);
    }
  }
}
