import { isLogits } from '../src/engine/forms.ts';
import { defineUniforms } from '../src/engine/uniform-layout.ts';
import { apply, type Operation } from '../src/engine/operation.ts';
import { alphaDivergence, type AlphaParameters, type Tensor } from '../src/index.ts';
import kernelSource from './naive.wgsl?raw';
import logitsSource from './naive-logits.wgsl?raw';
import probabilitiesSource from './naive-probabilities.wgsl?raw';

const { formula, source, arguments: inputs, result, reference } = alphaDivergence.operation;

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
    pieces: ({ inputs: [p] }) => [
      isLogits(p!.form)
        ? { name: 'accuracy/naive-logits.wgsl', source: logitsSource }
        : { name: 'accuracy/naive-probabilities.wgsl', source: probabilitiesSource },
      { name: 'accuracy/naive.wgsl', source: kernelSource },
    ],
    uniforms: defineUniforms({
      rows: 'u32',
      outcomes: 'u32',
      p_start: 'u32',
      p_stride: 'u32',
      q_start: 'u32',
      q_stride: 'u32',
      alpha: 'f32',
    }),
    values: ({ inputs: [p], parameters: { alpha } }) => ({ outcomes: p!.width, alpha }),
    over: 'rows',
    items: ({ rows }) => rows,
  },
};

export function naiveAlphaDivergence(p: Tensor, q: Tensor, parameters: AlphaParameters): Tensor {
  return apply(naive, [p, q], parameters);
}
