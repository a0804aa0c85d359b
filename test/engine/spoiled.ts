import { defineFrame } from '../../src/engine/frame.ts';
import type { Operation } from '../../src/engine/operation.ts';

/** Copies its rows, and spoils row 7 as WGSL says, or by what the CPU does to it. */
export function copying(spoil: string, cpu?: Operation<object>['cpu']): Operation<object> {
  return {
    name: 'spoiled', formula: 'p', source: 'this test', arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
    result: ([p]) => ({ shape: p!.shape, form: 'values' }),
    tolerance: { ulps: () => 1, relativeTo: 'entry', reason: 'a copy is exact' },
    ...(cpu && { cpu }), reference: ([p]) => (row, out) => out.set(p!.row(row)),
    kernel: {
      over: 'elements',
      frame: defineFrame({ inputs: { p: 'f32' }, output: ['result', 'f32'], calls: 'element' }),
      pieces: [{ name: 'spoiled.wgsl', source: `
        fn element(row: u32, k: u32) -> f32 {
          var x = p[p_row(row) + k];
          if (row == 7u) { x = ${spoil}; }
          return x;
        }` }],
    },
  };
}
