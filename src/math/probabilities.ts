import source from '../../shaders/math/probabilities.wgsl?raw';
import { isLogits } from '../engine/forms.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operation } from '../engine/operation.ts';
import { taken } from '../engine/parameters.ts';
import { Tensor } from '../engine/tensor.ts';
import { softmax } from './alpha-family.ts';
import { elementaryPiece } from './elementary.ts';
import { scaledPiece } from './scaled.ts';
import { sumOf, sumPiece } from './sum.ts';
import { checkTemperature, tempering, type TemperatureParameters } from './temperature.ts';

const operation: Operation<TemperatureParameters> = tempering<TemperatureParameters>({
  name: 'probabilities',
  formula: 'p/Σp of weights, exp(z − LSE z) of logits',
  source: 'definition of the softmax',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
  parameters: [],
  result: ([p]) => ({ shape: p!.shape, form: 'probabilities' }),
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'an exponential of 2 ulp, a compensated sum and a division' },
  kernel: {
    pieces: [scaledPiece, sumPiece, elementaryPiece, { name: 'math/probabilities.wgsl', source }],
    frame: defineFrame({
      inputs: { p: 'u32' }, output: ['probabilities', 'f32'], uniforms: { from_logits: 'u32' }, calls: 'compute_item',
    }),
    values: ({ inputs }) => ({ from_logits: isLogits(inputs[0]!.form) ? 1 : 0 }),
    over: 'rows',
  },
  cpu: ({ inputs }) => ({ name: isLogits(inputs[0]!.form) ? 'softmaxRows' : 'normalisedRows' }),
  reference: ([p]) => (row, out) => {
    const weights = p!.row(row);
    if (isLogits(p!.form)) return softmax(weights, out);
    const total = sumOf(weights);
    for (let k = 0; k < out.length; k++) out[k] = weights[k]! / total;
  },
});

/**
 * Rows of any form as probabilities, rounded to f32: weights over their sum, the softmax of logits.
 * The same tensor comes back when it holds probabilities already.
 *
 * Shapes: [batchSize, outcomes] to the same. Rounding costs nothing for rows that differ; of rows that are nearly equal
 * it changes the divergence, so divergences take logits as they are.
 *
 * @example
 * const r = probabilities(engine.rows([[0, 1, 2]], { outcomes: 3, form: 'logits' }));
 */
export const probabilities: { (p: Tensor, parameters?: TemperatureParameters): Tensor; readonly operation: Operation<TemperatureParameters> } = Object.assign(
  (p: Tensor, parameters: TemperatureParameters = {}): Tensor => {
    if (!Tensor.isTensor(p) || p.form !== 'probabilities') return apply(operation, [p], parameters);
    checkTemperature(operation.name, taken(operation.name, 'parameters', parameters, ['temperature']), [p]);
    return p;
  },
  { operation },
);

/** Rows that are nonnegative numbers: logits become probabilities, everything else stays what it is. */
export function weightsOf(p: Tensor): Tensor {
  return Tensor.isTensor(p) && isLogits(p.form) ? probabilities(p) : p;
}
