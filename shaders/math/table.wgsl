// A host-made table of one alpha: a head with the coefficients of a polynomial, and a row for each exponent difference k.
// Twin: src/math/alpha-table.ts
const TABLE_REACH: i32 = 280;
const TABLE_HEAD: u32 = 8u;

fn table_head(index: u32) -> vec4<u32> {
  return table[index];
}

fn table_row(k: i32) -> vec4<u32> {
  return table[TABLE_HEAD + u32(k + TABLE_REACH)];
}
