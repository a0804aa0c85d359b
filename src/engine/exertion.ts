import source from '../../shaders/engine/exertion.wgsl?raw';
import { defineFrame } from './frame.ts';
import type { Operation } from './operation.ts';

/** As much arithmetic an outcome as a divergence of rows has, for so many rows that are all the same. Nobody wants its numbers. */
export const exertion: Operation<{ readonly rows: number }> = {
  name: 'exertion', formula: 'Σ x after 25 steps x ← r x + ¼, r = ½, ¼, ⅛, 1/16', source: 'definition',
  arguments: [{ name: 'p', takes: 'values', axis: 'whole' }],
  result: (_, { rows }) => ({ shape: [rows], form: 'values' }),
  reference: () => (_row, out) => void out.fill(0),
  tolerance: { ulps: () => Infinity, relativeTo: 'entry', reason: 'only its time counts' },
  kernel: {
    pieces: [{ name: 'engine/exertion.wgsl', source }],
    frame: defineFrame({ inputs: { p: 'f32' }, output: ['sums', 'f32'], calls: 'compute_item' }),
    over: 'rows',
  },
};
