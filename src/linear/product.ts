import source from '../../shaders/linear/product.wgsl?raw';
import { apply, checkOutcomes, turnsPerStep, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { defineFrame } from '../engine/frame.ts';
import { panelCall, sameForBlocks, tileInputs, tileProduct } from '../math/tile-product.ts';
import { checkNumbers, numbers, ofProducts } from './sums.ts';

const operation: Operation<object> = {
  name: 'product', formula: 'x yᵀ: x_i·y_j for all i, j', source: 'definition',
  arguments: [numbers('x', 'rows'), numbers('y', 'columns')],
  parameters: [],
  check(_, [x, y]) {
    checkNumbers(operation, [x!, y!]);
    checkOutcomes(operation.name, 'y', y!, x!.width);
  },
  result: ([x, y]) => ({ shape: [x!.rows, y!.rows], form: 'values' }),
  ...ofProducts(([x, y], _, of) => {
    const turns = turnsPerStep(x!.width);
    return function* (row, out) {
      const a = x!.row(row);
      for (let j = 0; j < out.length; j++) {
        const b = y!.row(j);
        for (let k = 0; k < a.length; k++) out[j]! += of(a[k]! * b[k]!);
        if (j % turns === 0) yield;
      }
    };
  }),
  dearness: () => ({ webgpu: 0.1, fast: 0.1 }),
  kernel: {
    ...tileProduct({ name: 'linear/product.wgsl', source }, sameForBlocks),
    frame: defineFrame({
      inputs: tileInputs, output: ['products', 'f32'], uniforms: { quads: 'u32' }, calls: 'compute_item',
    }),
    values: ({ inputs }) => ({ quads: inputs[0]!.width / 4 }),
  },
  cpu: (dispatch) => ({ ...panelCall(dispatch), name: 'product' }),
};

/**
 * The matrix product x yᵀ: the inner products of every row of x with every row of y.
 *
 * Shapes: x [batchSize, n] and y [m, n], of any form but logits and taken as they are; the result is [batchSize, m].
 * Errors: ShapeError, DomainError; an entry errs by at most 18 ulp of Σ |x y|, and mostly by less than one.
 *
 * @example
 * const means = await product(p, engine.values([[0, 1], [1, 1]], { outcomes: 2 })).read(); // of two functions of the outcomes
 */
export const product: { (x: Tensor, y: Tensor): Tensor; readonly operation: Operation<object> } = Object.assign(
  (x: Tensor, y: Tensor, parameters = {}): Tensor => apply(operation, [x, y], parameters), { operation },
);
