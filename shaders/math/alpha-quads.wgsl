// Tables of four alphas side by side: a vec4 holds the same entry of each.
// Twin: src/math/alpha-quads.ts
const TABLE_REACH: i32 = 280;
const QUAD_HEAD: u32 = 32u;
const QUAD_LENGTH: u32 = 2276u;

// Where the tables of these four begin, and which of them `table_head` and `table_row` read.
var<private> quad_start: u32;
var<private> chosen: u32;

fn entries(index: u32) -> vec4<f32> {
  return bitcast<vec4<f32>>(table[quad_start + index]);
}

fn chosen_entries(at: u32) -> vec4<u32> {
  return vec4(table[at][chosen], table[at + 1u][chosen], table[at + 2u][chosen], table[at + 3u][chosen]);
}

fn table_head(index: u32) -> vec4<u32> {
  return chosen_entries(quad_start + 4u * index);
}

fn rows_at(k: i32) -> u32 {
  return quad_start + QUAD_HEAD + 4u * u32(k + TABLE_REACH);
}

fn table_row(k: i32) -> vec4<u32> {
  return chosen_entries(rows_at(k));
}
