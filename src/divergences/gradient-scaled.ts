import source from '../../shaders/divergences/gradient-scaled.wgsl?raw';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';

interface Scale {
  readonly temperature: number;
  /** Whether a value stands before the gradient. */
  readonly valued: 0 | 1;
}

const operation: Operation<Scale> = {
  name: 'gradientOverTemperature', formula: '∂D/∂z = ∂D/∂(z/T)/T', source: 'chain rule',
  arguments: [{ name: 'x', takes: 'values', axis: 'rows' }],
  result: ([x]) => ({ shape: x!.shape, form: 'values' }),
  tolerance: { ulps: () => 2, relativeTo: 'entry', reason: 'two roundings' },
  kernel: {
    pieces: [{ name: 'divergences/gradient-scaled.wgsl', source }],
    frame: defineFrame({
      inputs: { x: 'u32' }, output: ['scaled', 'u32'], uniforms: { values: 'u32', factor: 'f32' }, calls: 'element',
    }),
    values: ({ parameters: { temperature, valued } }) => ({ values: valued, factor: 1 / temperature }),
    over: 'elements',
  },
  cpu: ({ parameters: { temperature, valued } }) => ({ name: 'scaledRows', numbers: [valued, 1 / temperature] }),
  reference: ([x], parameters) => (row, out) => {
    out.set(x!.row(row));
    divideGradient(out, parameters);
  },
};

/** Divides the entries of the gradient in place. */
export function divideGradient(row: Float64Array, { temperature, valued }: Scale): void {
  for (let k: number = valued; k < row.length; k++) row[k]! /= temperature;
}

export function gradientOverTemperature(x: Tensor, scale: Scale): Tensor {
  return apply(operation, [x], scale);
}
