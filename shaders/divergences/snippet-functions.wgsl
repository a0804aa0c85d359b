// The functions that a caller's snippet finds under their usual names: ours in place of WGSL's, which may be off by thousands of ulp.
// Twin: src/divergences/snippet-functions.ts
fn exp(x: f32) -> f32 {
  return exp_accurate(x);
}

fn expm1(x: f32) -> f32 {
  return expm1_accurate(x);
}

// Of 0 a finite number, so that 0 log 0 is 0.
fn log(x: f32) -> f32 {
  return log_of_bits(bitcast<u32>(x));
}

fn log1p(x: f32) -> f32 {
  if (x < -0.75) {
    return log_of_bits(bitcast<u32>(1.0 + x));
  }
  return log1p_accurate(x);
}

// The error grows with |y log x|.
fn pow(x: f32, y: f32) -> f32 {
  return exp_accurate(y * log_of_bits(bitcast<u32>(x)));
}
