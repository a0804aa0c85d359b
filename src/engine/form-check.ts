import source from '../../shaders/engine/forms.wgsl?raw';
import { type Form } from './forms.ts';
import type { Kernel, Piece } from './kernel.ts';
import { defineUniforms } from './uniform-layout.ts';
import { loaderPieces } from './loaders.ts';

const formsPiece: Piece = { name: 'engine/forms.wgsl', source };

const codes: Readonly<Record<Form, number>> = { weights: 0, probabilities: 1, logits: 2, logProbabilities: 3, values: 4 };

/** Checks the rows of a source where they live. Its output has a number for each source: the first row at fault, or 2³² − 1. */
export const formCheck: Kernel<{ readonly first: number; readonly slot: number }> = {
  pieces: ({ inputs }) => [...loaderPieces(inputs), formsPiece],
  uniforms: defineUniforms({ rows: 'u32', width: 'u32', p_start: 'u32', p_stride: 'u32', form: 'u32', first_row: 'u32', slot: 'u32' }),
  values: ({ parameters, inputs }) => ({ form: codes[inputs[0]!.form], first_row: parameters.first, slot: parameters.slot }),
  readsHalves: true,
  over: 'rows',
  items: ({ rows }) => rows,
};
