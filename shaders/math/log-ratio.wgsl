// log(q/p) of a Pair to 2 ulp, also where q is next to p: k log 2 and 2 atanh(s) have one sign.
// Twin: src/math/log-ratio.ts
// (atanh(s)/s - 1)/z on z = s^2 <= 1/9, relative to 1 right to 2^-29.
fn binade_tail(z: f32) -> f32 {
  return fma(fma(fma(fma(0.11612165, z, 0.108532876), z, 0.142961785), z, 0.199998528), z, 0.333333343);
}

// 2 atanh(s) for |s| <= 1/3.
fn log_of_binade(s: f32) -> f32 {
  let z = s * s;
  let twice = s + s;
  return fma(twice * z, binade_tail(z), twice);
}

fn log_ratio(pair: Pair) -> f32 {
  let k = f32(pair.k);
  return fma(k, LOG2_HIGH, fma(k, LOG2_LOW, log_of_binade(pair.s)));
}
