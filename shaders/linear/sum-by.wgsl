// Adds rows of x to the sums of their groups, which have two f32 an entry. A tile is a column of a strip.
// Twin: src/linear/sum-by.ts
struct Uniforms {
  rows: u32, width: u32, zero: u32, x_start: u32, x_stride: u32, index_start: u32, index_stride: u32,
  column_from: u32, row_from: u32, count: u32, tiles: u32, strips: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

fn add_rows(column: u32, strip: u32, begin: u32, end: u32) {
  for (var row = begin - uniforms.column_from; row < end - uniforms.column_from; row++) {
    let group = index[uniforms.index_start + row * uniforms.index_stride] - uniforms.row_from; // huge below 0
    if (group < uniforms.rows) {
      let at = group * uniforms.width + 2u * strip * uniforms.tiles + column;
      let sum = two_sum(sums[at], x[uniforms.x_start + row * uniforms.x_stride + column], uniforms.zero);
      sums[at] = sum.high;
      if ((bitcast<u32>(sum.high) & 0x7f800000u) != 0x7f800000u) { // or nothing is lost
        sums[at + uniforms.tiles] += sum.low;
      }
    }
  }
}
