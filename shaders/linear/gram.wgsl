// Adds the products of columns of x with columns of y. A tile is 4 x 4 of a strip, whose products of a chunk are summed plainly
// before they enter the compensated sums: of each it has sums, what these have lost, and the chunk that has begun.
// Twin: src/linear/gram.ts
fn add_rows(tile: u32, strip: u32, begin: u32, end: u32) {
  let quads = uniforms.width / (12u * uniforms.strips); // of a row of the result
  let i = 4u * (tile / quads);
  let columns = vec4(uniforms.x_start + uniforms.row_from) + min(vec4(i) + vec4(0u, 1u, 2u, 3u), vec4(uniforms.rows - 1u));
  let own = i * (uniforms.width / 4u) + 3u * strip * quads + tile % quads;
  let count = min(4u, uniforms.rows - i);
  var part = mat4x4<f32>();
  for (var a = 0u; a < count && begin % CHUNK != 0u; a++) {
    part[a] = sums[own + a * (uniforms.width / 4u) + 2u * quads];
  }
  for (var row = begin - uniforms.column_from; row < end - uniforms.column_from; row++) {
    let quad = y_quads[y_quads_row(row) / 4u + tile % quads];
    let at = columns + row * uniforms.x_stride;
    part += mat4x4(quad * x[at.x], quad * x[at.y], quad * x[at.z], quad * x[at.w]);
  }
  for (var a = 0u; a < count; a++) {
    let at = own + a * (uniforms.width / 4u);
    var sum = Accumulator(sums[at], sums[at + quads]);
    if (end % CHUNK == 0u) {
      accumulate(&sum, part[a], uniforms.zero);
      part[a] = vec4(0.0);
    }
    sums[at] = sum.high;
    sums[at + quads] = lost_of(sum);
    sums[at + 2u * quads] = part[a];
  }
}
