// A matrix product x y^T in tiles of 64 x 64 a workgroup. Its lanes bring 4 quads of each row to workgroup memory, neighbouring
// lanes neighbouring quads. Same contract as tile-product.wgsl. Twin: src/math/tile-product.ts
const TILE: u32 = 64u;
const SIDE: u32 = 16u;  // 16 x 16 lanes; a lane makes rows y, y + 16, ... and columns x, x + 16, ...
const QUADS: u32 = 4u;  // of a row that are in workgroup memory at a time
const PLAIN_CHUNKS: u32 = 8u; // chunks of quads that are summed plainly before the compensated sum

// Quad k of row i at k * TILE + i, so that lanes side by side read quads side by side.
var<workgroup> x_tile: array<vec4<f32>, 256>;
var<workgroup> y_tile: array<vec4<f32>, 256>;

fn load_chunk(i: u32, j: u32, first: u32, local: u32) {
  let row = local / QUADS;
  let k = first + local % QUADS;
  let slot = (local % QUADS) * TILE + row;
  x_tile[slot] = vec4(0.0);
  y_tile[slot] = vec4(0.0);
  if (k < uniforms.quads) {
    x_tile[slot] = x_quads[x_quads_row(min(i + row, uniforms.rows - 1u)) / 4u + k];
    y_tile[slot] = y_quads[y_quads_row(min(j + row, uniforms.width - 1u)) / 4u + k];
  }
}

// Entry [a][b] is the product of the lane's row a and column b.
fn chunk_products(y: u32, x: u32) -> mat4x4<f32> {
  var products = mat4x4<f32>();
  for (var k = 0u; k < QUADS * TILE; k += TILE) {
    let columns = mat4x4<f32>(y_tile[k + x], y_tile[k + x + SIDE], y_tile[k + x + 2u * SIDE], y_tile[k + x + 3u * SIDE]);
    products[0] += x_tile[k + y] * columns;
    products[1] += x_tile[k + y + SIDE] * columns;
    products[2] += x_tile[k + y + 2u * SIDE] * columns;
    products[3] += x_tile[k + y + 3u * SIDE] * columns;
  }
  return products;
}

fn compute_item(item: u32, local: u32) {
  let tiles = (uniforms.width + TILE - 1u) / TILE;
  let i = TILE * (item / tiles);
  let j = TILE * (item % tiles);
  let y = local / SIDE;
  let x = local % SIDE;
  var sum0 = Accumulator();
  var sum1 = Accumulator();
  var sum2 = Accumulator();
  var sum3 = Accumulator();
  for (var first = 0u; first < uniforms.quads; first += PLAIN_CHUNKS * QUADS) {
    var part = mat4x4<f32>();
    let end = min(first + PLAIN_CHUNKS * QUADS, uniforms.quads);
    for (var k = first; k < end; k += QUADS) {
      workgroupBarrier();
      load_chunk(i, j, k, local);
      workgroupBarrier();
      part += chunk_products(y, x);
    }
    accumulate(&sum0, part[0], uniforms.zero);
    accumulate(&sum1, part[1], uniforms.zero);
    accumulate(&sum2, part[2], uniforms.zero);
    accumulate(&sum3, part[3], uniforms.zero);
  }
  var products = mat4x4<f32>(total_of(sum0), total_of(sum1), total_of(sum2), total_of(sum3));
  for (var a = 0u; a < 4u; a++) {
    for (var b = 0u; b < 4u; b++) {
      let row = i + y + a * SIDE;
      let column = j + x + b * SIDE;
      if (row < uniforms.rows && column < uniforms.width) {
        store_product(row, column, products[a][b]);
      }
    }
  }
}
