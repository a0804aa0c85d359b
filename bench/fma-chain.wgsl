// Chains of fused multiply-adds in registers, sixteen side by side: the arithmetic rate of the device.
// Twin: bench/ceilings.ts (fmaChain)

// Four links without a store between them: what a loop costs is no part of the rate.
fn four(x: vec4<f32>, factor: vec4<f32>, addend: vec4<f32>) -> vec4<f32> {
  return fma(fma(fma(fma(x, factor, addend), factor, addend), factor, addend), factor, addend);
}

fn compute_item(item: u32, local: u32) {
  let factor = vec4(seed[0]); // which a compiler must not know
  let addend = vec4(seed[1]);
  var a = vec4(0.0, 1.0, 2.0, 3.0) + f32(item % 64u);
  var b = a + 4.0;
  var c = a + 8.0;
  var d = a + 12.0;
  for (var step = 0u; step < uniforms.steps; step++) {
    a = four(a, factor, addend);
    b = four(b, factor, addend);
    c = four(c, factor, addend);
    d = four(d, factor, addend);
  }
  ends[item] = dot((a + b) + (c + d), vec4(1.0));
}
