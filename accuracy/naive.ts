import { isLogits } from '../src/engine/forms.ts';
import { defineFrame } from '../src/engine/frame.ts';
import type { Piece } from '../src/engine/kernel.ts';
import { apply, type Operation } from '../src/engine/operation.ts';
import { alphaDivergence, type AlphaParameters, type Tensor } from '../src/index.ts';
import kernelSource from './naive.wgsl?raw';
import logitsSource from './naive-logits.wgsl?raw';
import probabilitiesSource from './naive-probabilities.wgsl?raw';

const { formula, source, arguments: inputs, result, reference } = alphaDivergence.operation;

const ofLogits: Piece = { name: 'accuracy/naive-logits.wgsl', source: logitsSource };
const ofProbabilities: Piece = { name: 'accuracy/naive-probabilities.wgsl', source: probabilitiesSource };
const naivePiece: Piece = { name: 'accuracy/naive.wgsl', source: kernelSource };

/** The textbook formula in f32: what a kernel of a few lines computes on the same device from the same rows. */
const naive: Operation<AlphaParameters> = {
  name: 'naiveAlphaDivergence',
  formula,
  source,
  arguments: inputs,
  result,
  reference,
  tolerance: { ulps: () => Infinity, relativeTo: 'entry', reason: 'it is here to show how far it errs' },
  kernel: {
    pieces: ({ inputs: [p] }) => [isLogits(p!.form) ? ofLogits : ofProbabilities, naivePiece],
    frame: defineFrame({
      inputs: { p: 'f32', q: 'f32' },
      output: ['divergences', 'f32'],
      uniforms: { alpha: 'f32' },
      calls: 'compute_item',
    }),
    values: ({ parameters: { alpha } }) => ({ alpha }),
    over: 'rows',
  },
};

export function naiveAlphaDivergence(p: Tensor, q: Tensor, parameters: AlphaParameters): Tensor {
  return apply(naive, [p, q], parameters);
}
