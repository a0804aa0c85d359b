import source from '../../shaders/linear/row-products.wgsl?raw';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { doubleSinglePiece, splitDouble } from '../math/double-single.ts';

interface Size {
  /** Rows and columns of the matrices. */
  readonly size: number;
}

const operation: Operation<Size> = {
  name: 'rowProducts', formula: 'x yᵀ for each row', source: 'definition',
  arguments: [{ name: 'x', takes: 'values', axis: 'rows' }, { name: 'y', takes: 'values', axis: 'rows' }],
  result: (inputs) => ({ shape: [batchSize(operation, inputs), inputs[0]!.width], form: 'values' }),
  tolerance: { ulps: () => 1, relativeTo: 'row', reason: 'an intermediate result in double-single' },
  dearness: ({ size }) => ({ webgpu: size, fast: size / 4, reference: size }),
  kernel: {
    pieces: [doubleSinglePiece, { name: 'linear/row-products.wgsl', source }],
    frame: defineFrame({
      inputs: { x: 'f32', y: 'f32' }, output: ['products', 'f32'], uniforms: { size: 'u32' }, calls: 'compute_item',
    }),
    values: ({ parameters: { size } }) => ({ size }),
    over: 'elements',
    items: ({ rows, width }) => (rows * width) / 2,
  },
  cpu: ({ width, parameters: { size } }) => ({ name: 'rowProducts', numbers: [size], scratch: 8 * width }),
  reference: ([x, y], { size }) => function* (row, out) {
    const parts = size * size;
    const [a, b] = [x!, y!].map((operand) => {
      const numbers = operand.row(row);
      return Float64Array.from({ length: parts }, (_, k) => numbers[k]! + numbers[parts + k]!);
    });
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += a![i * size + k]! * b![j * size + k]!;
        ({ high: out[i * size + j], low: out[parts + i * size + j] } = splitDouble(sum));
      }
      yield;
    }
  },
};

/** Products x yᵀ of the square matrices that rows of x and y hold as doubles: the high parts of a matrix, then the low parts. */
export function rowProducts(x: Tensor, y: Tensor, size: number): Tensor {
  return apply(operation, [x, y], { size });
}
