import { defineUniforms } from '../../src/engine/uniform-layout.ts';
import type { Operation } from '../../src/engine/operation.ts';

/** Copies its rows, and spoils row 7 as WGSL says, or by what the CPU does to it. */
export function copying(spoil: string, cpu?: Operation<object>['cpu']): Operation<object> {
  return {
    name: 'spoiled', formula: 'p', source: 'this test', arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
    result: ([p]) => ({ shape: p!.shape, form: 'values' }),
    tolerance: { ulps: () => 1, relativeTo: 'entry', reason: 'a copy is exact' },
    ...(cpu && { cpu }), reference: ([p]) => (row, out) => out.set(p!.row(row)),
    kernel: {
      over: 'elements', items: ({ rows: count, width }) => count * width,
      uniforms: defineUniforms({ rows: 'u32', width: 'u32', p_start: 'u32', p_stride: 'u32' }),
      pieces: () => [{ name: 'spoiled.wgsl', source: `
        struct Uniforms { rows: u32, width: u32, p_start: u32, p_stride: u32, }
        @group(0) @binding(0) var<storage, read> p: array<f32>;
        @group(0) @binding(1) var<storage, read_write> result: array<f32>;
        @group(0) @binding(2) var<uniform> uniforms: Uniforms;
        @compute @workgroup_size(WORKGROUP)
        fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
          let item = item_of(workgroup, groups, local);
          if (item >= uniforms.rows * uniforms.width) { return; }
          var x = p[uniforms.p_start + item];
          if (item / uniforms.width == 7u) { x = ${spoil}; }
          result[item] = x;
        }` }],
    },
  };
}
