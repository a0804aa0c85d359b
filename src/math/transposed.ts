import source from '../../shaders/math/transposed.wgsl?raw';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { defineFrame } from '../engine/frame.ts';
import { tensorOfIndices, wholeOf } from './take.ts';

const operation: Operation<object> = {
  name: 'transposed', formula: 'xᵀ', source: 'definition',
  arguments: [{ name: 'x', takes: 'any', axis: 'whole' }, { name: 'column', takes: 'values', axis: 'rows' }],
  result: ([x]) => ({ shape: [x!.width, x!.rows], form: 'values' }),
  tolerance: { ulps: () => 32, relativeTo: 'row', reason: 'numbers are only copied, but may be results that have their own errors' },
  kernel: {
    pieces: [{ name: 'math/transposed.wgsl', source }],
    frame: defineFrame({ inputs: { x: 'u32', columns: 'u32' }, output: ['transposed', 'u32'], calls: 'element' }),
    over: 'elements',
  },
  cpu: () => ({ name: 'transposed' }),
  reference: ([x, column]) => (row, out) => {
    const k = wholeOf(column!.row(row)[0]!);
    for (let i = 0; i < out.length; i++) out[i] = x!.row(i)[k]!;
  },
};

/** The columns of a tensor as rows. */
export function transposed(x: Tensor): Tensor {
  return apply(operation, [x, tensorOfIndices(x, Uint32Array.from({ length: x.width }, (_, k) => k))], {});
}
