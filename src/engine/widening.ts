import source from '../../shaders/engine/widening.wgsl?raw';
import type { Piece } from './kernel.ts';
import { defineUniforms } from './uniform-layout.ts';
import { loaderPieces } from './loaders.ts';
import type { Operation } from './operation.ts';

const piece: Piece = { name: 'engine/widening.wgsl', source };

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
    pieces: ({ inputs }) => [...loaderPieces(inputs), piece],
    uniforms: defineUniforms({ rows: 'u32', width: 'u32', p_start: 'u32', p_stride: 'u32', outcomes: 'u32' }),
    values: ({ inputs }) => ({ outcomes: inputs[0]!.width }),
    readsHalves: true,
    over: 'elements',
    items: ({ rows, width }) => rows * width,
  },
};
