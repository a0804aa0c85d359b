// A tile of a matrix product x y^T: rows of x and y lie in memory as quads, zero-padded. 8 loads of four numbers for 64 products.
// Twin: src/math/tile-product.ts
const PLAIN_QUADS: u32 = 8u; // quads that are summed plainly before the compensated sum

// The first quads of 4 rows; beyond the edge the last row again.
fn tile_rows(first: u32, rows: u32, start: u32, stride: u32) -> vec4<u32> {
  let rows_of_tile = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(rows - 1u));
  return (vec4(start) + rows_of_tile * stride) / 4u;
}

// Entry [a][b] is the inner product of x's row a and y's row b.
fn tile_products(x: vec4<u32>, y: vec4<u32>, quads: u32, zero: u32) -> array<vec4<f32>, 4> {
  // Not an array: a pointer to one of its elements as an argument makes Firefox crash.
  var sum0 = Accumulator();
  var sum1 = Accumulator();
  var sum2 = Accumulator();
  var sum3 = Accumulator();
  for (var first = 0u; first < quads; first += PLAIN_QUADS) {
    var part0 = vec4(0.0);
    var part1 = vec4(0.0);
    var part2 = vec4(0.0);
    var part3 = vec4(0.0);
    let end = min(first + PLAIN_QUADS, quads);
    for (var k = first; k < end; k++) {
      let columns = mat4x4<f32>(y_quads[y.x + k], y_quads[y.y + k], y_quads[y.z + k], y_quads[y.w + k]);
      part0 += x_quads[x.x + k] * columns;
      part1 += x_quads[x.y + k] * columns;
      part2 += x_quads[x.z + k] * columns;
      part3 += x_quads[x.w + k] * columns;
    }
    accumulate(&sum0, part0, zero);
    accumulate(&sum1, part1, zero);
    accumulate(&sum2, part2, zero);
    accumulate(&sum3, part3, zero);
  }
  return array<vec4<f32>, 4>(total_of(sum0), total_of(sum1), total_of(sum2), total_of(sum3));
}
