import source from '../../shaders/engine/forms.wgsl?raw';
import { type Form } from './forms.ts';
import type { Kernel } from './kernel.ts';
import { defineFrame } from './frame.ts';

const codes: Readonly<Record<Form, number>> = { weights: 0, probabilities: 1, logits: 2, logProbabilities: 3, values: 4 };

/** Checks the rows of a source where they live. Its output has a number for each source: the first row at fault, or 2³² − 1. */
export const formCheck: Kernel<{ readonly first: number; readonly slot: number }> = {
  frame: defineFrame({
    inputs: { p: 'stored' }, output: ['first_bad_row', 'atomic<u32>'], calls: 'compute_item',
    uniforms: { form: 'u32', first_row: 'u32', slot: 'u32' },
  }),
  pieces: [{ name: 'engine/forms.wgsl', source }],
  values: ({ parameters, inputs }) => ({ form: codes[inputs[0]!.form], first_row: parameters.first, slot: parameters.slot }),
  over: 'rows',
};
