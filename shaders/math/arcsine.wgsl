// asin(sqrt z) / sqrt z on [0, 1/2], relative error 2^-27 before rounding; WGSL's own asin may be off by 1e-4.
// Twin: src/math/arcsine.ts
fn arcsine_quotient(z: f32) -> f32 {
  var tail = fma(0.126114652, z, -0.139967933);
  tail = fma(tail, z, 0.110329777);
  tail = fma(tail, z, -0.00805764273);
  tail = fma(tail, z, 0.0359911881);
  tail = fma(tail, z, 0.0440817811);
  tail = fma(tail, z, 0.0750268251);
  tail = fma(tail, z, 0.166666225);
  return fma(tail, z, 1.0);
}
