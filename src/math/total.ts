import source from '../../shaders/math/total.wgsl?raw';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { scaledPiece } from './scaled.ts';

const operation: Operation<object> = {
  name: 'total', formula: 'x + y', source: 'definition',
  arguments: [{ name: 'x', takes: 'values', axis: 'rows' }, { name: 'y', takes: 'values', axis: 'rows' }],
  result: ([x]) => ({ shape: x!.shape, form: 'values' }),
  tolerance: { ulps: () => 1, relativeTo: 'entry', reason: 'one rounding' },
  kernel: {
    pieces: [scaledPiece, { name: 'math/total.wgsl', source }],
    frame: defineFrame({ inputs: { x: 'u32', y: 'u32' }, output: ['total', 'u32'], calls: 'element' }),
    over: 'elements',
  },
  cpu: () => ({ name: 'totals' }),
  reference: ([x, y]) => (row, out) => {
    const [a, b] = [x!.row(row), y!.row(row)];
    for (let k = 0; k < out.length; k++) out[k] = a[k]! + b[k]!;
  },
};

/** The sum of two results of one shape, none of whose numbers is −∞. */
export function total(x: Tensor, y: Tensor): Tensor {
  return apply(operation, [x, y], {});
}
