// Limbs of an exact sum that all lanes of a workgroup make: whole numbers, to which they may add in any order.
// Twin: src/math/exact-sum.ts
const BATCH: u32 = 16384u; // of columns, after which limbs are carried: 2^15 numbers of 16 bits fit into 31

var<workgroup> limbs: array<atomic<i32>, STATE>;

fn limb_at(i: u32) -> i32 {
  return atomicLoad(&limbs[i]);
}

fn put_limb(i: u32, x: i32) {
  atomicStore(&limbs[i], x);
}

fn add_to_limb(i: u32, x: i32) {
  atomicAdd(&limbs[i], x);
}

fn settle(local: u32) {
  workgroupBarrier();
  if (local == 0u) {
    carry();
  }
  workgroupBarrier();
}
