// Limbs of an exact sum that one lane makes.
// Twin: src/math/exact-sum.ts
const BATCH: u32 = 4096u; // of columns, after which limbs are carried: 2^15 numbers of 16 bits fit into 31

var<private> limbs: array<i32, STATE>;

fn limb_at(i: u32) -> i32 {
  return limbs[i];
}

fn put_limb(i: u32, x: i32) {
  limbs[i] = x;
}

fn add_to_limb(i: u32, x: i32) {
  limbs[i] += x;
}

fn settle(local: u32) {
  carry();
}
