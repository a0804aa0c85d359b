// A gradient without the value of its divergence.
// Twin: src/divergences/gradient-kernel.ts
fn begin_value(frame: Frame) {
}

fn add_value(sum: ptr<function, Accumulator>, rows: Rows, k: u32) {
}

fn value_of(sum: Accumulator, rows: Rows, local: u32) -> u32 {
  return 0u;
}
