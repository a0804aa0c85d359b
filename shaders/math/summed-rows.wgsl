// What an exact sum is of: rows that count alike.
// Twin: src/math/exact-sum.ts
fn weight_at(row: u32, column: u32) -> u32 {
  return 0x3f800000u; // 1
}
