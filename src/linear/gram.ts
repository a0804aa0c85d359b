import source from '../../shaders/linear/gram.wgsl?raw';
import { ShapeError } from '../engine/errors.ts';
import { apply, turnsPerStep, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { sumPiece } from '../math/sum.ts';
import { tensorOfIndices } from '../math/take.ts';
import { paddedWidth, panelCall } from '../math/tile-product.ts';
import { step, stripKernel, stripsOf, sumOfStrips, type Strips } from './strips.ts';
import { checkNumbers, numbers, ofProducts } from './sums.ts';

const batch = [numbers('x', 'batch'), numbers('y', 'batch')];
const rowsOf = ([x, y]: readonly Pick<Tensor, 'rows'>[]): number => (x!.rows === 1 ? y!.rows : x!.rows);

/** What each strip has: sums in f32, what they have lost, and what is not yet in them. */
const ofStrips: Operation<Strips> = {
  ...step, name: 'gramOfStrips', arguments: batch,
  result: ([x, y], { strips }) => ({ shape: [x!.width, 3 * strips * paddedWidth(y!.width)], form: 'values' }),
  kernel: stripKernel(
    { inputs: { x: 'f32', y_quads: 'vec4<f32>' }, output: ['sums', 'vec4<f32>'] },
    [sumPiece, { name: 'linear/gram.wgsl', source }],
    ({ rows, inputs }) => Math.ceil(rows / 4) * (inputs[1]!.width / 4),
  ),
};

/** For the CPU with the number of each row of the result: it makes some of them at a time. */
const ofRows: Operation<object> = {
  ...step, name: 'gramOfRows', arguments: [...batch, numbers('row', 'rows')],
  result: ([x, y]) => ({ shape: [x!.width, y!.width], form: 'values' }),
  compose([x, y]) {
    const width = paddedWidth(y!.width);
    return sumOfStrips(apply(ofStrips, [x!, y!], { strips: stripsOf(rowsOf([x!, y!]), 3 * x!.width * width) }), y!.width, width);
  },
  cpu: (dispatch) => ({ ...panelCall(dispatch), name: 'gram' }),
};

const operation: Operation<object> = {
  name: 'gram', formula: 'xᵀ y = Σ_b x_bᵀ y_b over the batch', source: 'definition',
  arguments: batch,
  parameters: [],
  check(_, inputs) {
    checkNumbers(operation, inputs);
    if (inputs.every(({ rows }) => rows === 1 || rows === rowsOf(inputs))) return;
    throw new ShapeError({
      operation: operation.name, argument: 'y', expected: `${inputs[0]!.rows} rows, or one row for all`, got: `${inputs[1]!.rows} rows`,
      remedy: 'Give both arguments the same number of rows.',
    });
  },
  result: ([x, y]) => ({ shape: [x!.width, y!.width], form: 'values' }),
  dearness: () => ({ webgpu: 0.1, fast: 0.1 }),
  compose: ([x, y]) => apply(ofRows, [x!, y!, tensorOfIndices(x!, Uint32Array.from({ length: x!.width }, (_, row) => row))], {}),
  ...ofProducts(([x, y], _, of) => {
    const turns = turnsPerStep(y!.width);
    return function* (i, out) {
      for (let b = 0; b < rowsOf([x!, y!]); b++) {
        const [factor, row] = [x!.row(b)[i]!, y!.row(b)];
        for (let j = 0; j < out.length; j++) out[j]! += of(factor * row[j]!);
        if (b % turns === 0) yield;
      }
    };
  }),
};

/**
 * The matrix product xᵀ y: the products of columns of x with columns of y, summed over the batch.
 *
 * Shapes: x [batchSize, n] and y [batchSize, m], either may have one row for all, of any form but logits and taken as they are;
 * the result is [n, m]. The rows come block after block where they are too many for a device at once; the blocks do not change a bit.
 * Errors: ShapeError, DomainError; an entry errs by at most 18 ulp of Σ |x y|, and mostly by less than one.
 *
 * @example
 * const moments = await gram(p, p).read(); // Σ p_i p_j over the rows
 */
export const gram: { (x: Tensor, y: Tensor): Tensor; readonly operation: Operation<object> } = Object.assign(
  (x: Tensor, y: Tensor, parameters = {}): Tensor => apply(operation, [x, y], parameters), { operation },
);
