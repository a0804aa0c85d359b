// Goes through the rows of a batch that are here, strip by strip: a strip has every so manieth chunk of the batch, whatever
// blocks its rows come in. A joined piece adds the rows of a chunk, or some of them. Twin: src/linear/strips.ts
const CHUNK: u32 = 32u;

fn compute_item(item: u32, local: u32) {
  let strip = item / uniforms.tiles;
  let begin = uniforms.column_from;
  let end = begin + uniforms.count;
  let first = begin / CHUNK;
  for (var chunk = first + (strip + uniforms.strips - first % uniforms.strips) % uniforms.strips; chunk * CHUNK < end; chunk += uniforms.strips) {
    add_rows(item % uniforms.tiles, strip, max(begin, chunk * CHUNK), min(end, (chunk + 1u) * CHUNK));
  }
}
