// A matrix product x y^T in tiles of 32 x 16 a lane: 48 loads of four numbers for 2048 products, where loads are dear.
// Same contract as tile-product.wgsl. Twin: src/math/tile-product.ts
const TILE_ROWS: u32 = 32u;
const TILE_COLUMNS: u32 = 16u;
const BLOCK_QUADS: u32 = 16u; // summed apart, which keeps rounding errors small enough for rows of up to 1024

// Four rows times 16 columns, in blocks: column c of a block holds the products of x's four rows and y's row c.
struct Strip { b0: mat4x4<f32>, b1: mat4x4<f32>, b2: mat4x4<f32>, b3: mat4x4<f32>, }

// The first quads of four rows; beyond the edge the last row again.
fn block_rows(first: u32, rows: u32, start: u32, stride: u32) -> vec4<u32> {
  return (vec4(start) + min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(rows - 1u)) * stride) / 4u;
}

fn x_rows(first: u32) -> vec4<u32> {
  return block_rows(first, uniforms.rows, uniforms.x_quads_start, uniforms.x_quads_stride);
}

fn y_rows(first: u32) -> vec4<u32> {
  return block_rows(first, uniforms.width, uniforms.y_quads_start, uniforms.y_quads_stride);
}

fn x_block(rows: vec4<u32>, k: u32) -> mat4x4<f32> {
  return transpose(mat4x4(x_quads[rows.x + k], x_quads[rows.y + k], x_quads[rows.z + k], x_quads[rows.w + k]));
}

fn y_block(rows: vec4<u32>, k: u32) -> mat4x4<f32> {
  return mat4x4(y_quads[rows.x + k], y_quads[rows.y + k], y_quads[rows.z + k], y_quads[rows.w + k]);
}

fn extend(strip: ptr<function, Strip>, x: mat4x4<f32>, y0: mat4x4<f32>, y1: mat4x4<f32>, y2: mat4x4<f32>, y3: mat4x4<f32>) {
  (*strip).b0 += x * y0;
  (*strip).b1 += x * y1;
  (*strip).b2 += x * y2;
  (*strip).b3 += x * y3;
}

fn add_strip(sum: ptr<function, Strip>, x: Strip) {
  (*sum).b0 += x.b0;
  (*sum).b1 += x.b1;
  (*sum).b2 += x.b2;
  (*sum).b3 += x.b3;
}

fn store_block(i: u32, j: u32, products: mat4x4<f32>) {
  var block = products;
  for (var b = 0u; b < 4u && j + b < uniforms.width; b++) {
    for (var a = 0u; a < 4u && i + a < uniforms.rows; a++) {
      store_product(i + a, j + b, block[b][a]);
    }
  }
}

fn store_strip(i: u32, j: u32, sum: ptr<function, Strip>) {
  store_block(i, j, (*sum).b0);
  store_block(i, j + 4u, (*sum).b1);
  store_block(i, j + 8u, (*sum).b2);
  store_block(i, j + 12u, (*sum).b3);
}

fn compute_item(item: u32, local: u32) {
  let tiles = (uniforms.width + TILE_COLUMNS - 1u) / TILE_COLUMNS;
  let i = TILE_ROWS * (item / tiles);
  let j = TILE_COLUMNS * (item % tiles);
  let x0 = x_rows(i);
  let x1 = x_rows(i + 4u);
  let x2 = x_rows(i + 8u);
  let x3 = x_rows(i + 12u);
  let x4 = x_rows(i + 16u);
  let x5 = x_rows(i + 20u);
  let x6 = x_rows(i + 24u);
  let x7 = x_rows(i + 28u);
  let y0 = y_rows(j);
  let y1 = y_rows(j + 4u);
  let y2 = y_rows(j + 8u);
  let y3 = y_rows(j + 12u);
  var sum0 = Strip();
  var sum1 = Strip();
  var sum2 = Strip();
  var sum3 = Strip();
  var sum4 = Strip();
  var sum5 = Strip();
  var sum6 = Strip();
  var sum7 = Strip();
  for (var first = 0u; first < uniforms.quads; first += BLOCK_QUADS) {
    var part0 = Strip();
    var part1 = Strip();
    var part2 = Strip();
    var part3 = Strip();
    var part4 = Strip();
    var part5 = Strip();
    var part6 = Strip();
    var part7 = Strip();
    let end = min(first + BLOCK_QUADS, uniforms.quads);
    for (var k = first; k < end; k++) {
      let c0 = y_block(y0, k);
      let c1 = y_block(y1, k);
      let c2 = y_block(y2, k);
      let c3 = y_block(y3, k);
      extend(&part0, x_block(x0, k), c0, c1, c2, c3);
      extend(&part1, x_block(x1, k), c0, c1, c2, c3);
      extend(&part2, x_block(x2, k), c0, c1, c2, c3);
      extend(&part3, x_block(x3, k), c0, c1, c2, c3);
      extend(&part4, x_block(x4, k), c0, c1, c2, c3);
      extend(&part5, x_block(x5, k), c0, c1, c2, c3);
      extend(&part6, x_block(x6, k), c0, c1, c2, c3);
      extend(&part7, x_block(x7, k), c0, c1, c2, c3);
    }
    add_strip(&sum0, part0);
    add_strip(&sum1, part1);
    add_strip(&sum2, part2);
    add_strip(&sum3, part3);
    add_strip(&sum4, part4);
    add_strip(&sum5, part5);
    add_strip(&sum6, part6);
    add_strip(&sum7, part7);
  }
  store_strip(i, j, &sum0);
  store_strip(i + 4u, j, &sum1);
  store_strip(i + 8u, j, &sum2);
  store_strip(i + 12u, j, &sum3);
  store_strip(i + 16u, j, &sum4);
  store_strip(i + 20u, j, &sum5);
  store_strip(i + 24u, j, &sum6);
  store_strip(i + 28u, j, &sum7);
}
