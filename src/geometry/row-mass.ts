import source from '../../shaders/geometry/row-mass.wgsl?raw';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { modeOf, modePiece } from '../math/mode.ts';
import { scaledPiece } from '../math/scaled.ts';
import { CompensatedSum, sumPiece } from '../math/sum.ts';

const operation: Operation<object> = {
  name: 'rowMass', formula: 'Σp, Σp − max p, argmax p', source: 'definition',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
  result: ([p]) => ({ shape: [p!.rows, 3], form: 'values' }),
  tolerance: { ulps: () => 2, relativeTo: 'entry', reason: 'compensated sums' },
  kernel: {
    pieces: [scaledPiece, sumPiece, modePiece, { name: 'geometry/row-mass.wgsl', source }],
    frame: defineFrame({ inputs: { p: 'f32' }, output: ['masses', 'f32'], calls: 'compute_item' }),
    over: 'rows',
  },
  reference: ([p]) => (row, out) => {
    const weights = p!.row(row);
    const mode = modeOf(weights);
    const [all, others] = [new CompensatedSum(), new CompensatedSum()];
    for (let k = 0; k < weights.length; k++) {
      all.add(weights[k]!);
      if (k !== mode) others.add(weights[k]!);
    }
    out.set([all.value, others.value, mode]);
  },
};

/** For each row of weights its mass, the mass of all but its largest entry, and the index of that entry: [batchSize, 3]. */
export function rowMass(p: Tensor): Tensor {
  return apply(operation, [p], {});
}
