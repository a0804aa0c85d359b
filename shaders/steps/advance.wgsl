// x - step gradient for every entry of the state, in double.
// Twin: src/steps/tilt.ts
struct Uniforms {
  rows: u32, zero: u32, x_start: u32, x_stride: u32, gradient_start: u32, gradient_stride: u32, entries: u32,
  step_high: f32, step_low: f32, largest: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> advanced: array<f32>;
@group(0) @binding(3) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = item_of(workgroup, groups, local);
  let row = item / uniforms.entries;
  if (row >= uniforms.rows) {
    return;
  }
  let k = item % uniforms.entries;
  let start = uniforms.x_start + row * uniforms.x_stride;
  let slope = clamp(gradient[uniforms.gradient_start + row * uniforms.gradient_stride + k], -uniforms.largest, uniforms.largest);
  let step = two_product(uniforms.step_high, slope, uniforms.zero);
  let next = add(
    DoubleSingle(x[start + k], x[start + uniforms.entries + k]), negated(DoubleSingle(step.high, step.low + uniforms.step_low * slope)), uniforms.zero,
  );
  let out = row * 2u * uniforms.entries + k;
  advanced[out] = next.high;
  advanced[out + uniforms.entries] = next.low;
}
