import source from '../../shaders/engine/widening.wgsl?raw';
import { defineUniforms } from './uniform-layout.ts';
import { loaderPieces } from './loaders.ts';
import type { Operation } from './operation.ts';

/** Put before kernels that read f32 alone when their input is stored as f16; callers never see it. */
export const widening: Operation<object> = {
  name: 'widening',
  formula: 'p',
  source: 'IEEE 754',
  arguments: [{ name: 'p', takes: 'any', axis: 'rows' }],
  result: ([p]) => ({ shape: p!.shape, form: p!.form }),
  reference: ([p]) => (row, out) => out.set(p!.row(row)),
  tolerance: { ulps: () => 0, relativeTo: 'entry', reason: 'exact' },
  kernel: {
    pieces: ({ inputs }) => [...loaderPieces(inputs), { name: 'engine/widening.wgsl', source }],
    uniforms: defineUniforms({ rows: 'u32', width: 'u32', p_start: 'u32', p_stride: 'u32' }),
    readsHalves: true,
    over: 'elements',
    items: ({ rows, width }) => rows * width,
  },
};
