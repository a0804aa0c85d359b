import source from '../../shaders/engine/widening.wgsl?raw';
import { defineFrame } from './frame.ts';
import type { Operation } from './operation.ts';

/** Rows as some kernels want them: of f32 where they are stored as f16, and padded with zeros to a `width` of their own. Callers never see it. */
export const widening: Operation<{ readonly width?: number }> = {
  name: 'widening',
  formula: 'p',
  source: 'IEEE 754',
  arguments: [{ name: 'p', takes: 'any', axis: 'rows' }],
  result: ([p], { width }) => ({ shape: width === undefined ? p!.shape : [p!.rows, width], form: p!.form }),
  reference: ([p]) => (row, out) => out.set(p!.row(row)),
  tolerance: { ulps: () => 0, relativeTo: 'entry', reason: 'exact' },
  kernel: {
    frame: defineFrame({ inputs: { p: 'stored' }, output: ['widened', 'u32'], calls: 'element' }),
    pieces: [{ name: 'engine/widening.wgsl', source }],
    over: 'elements',
  },
};
