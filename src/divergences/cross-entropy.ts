import source from '../../shaders/divergences/mean-surprisal.wgsl?raw';
import { isLogits } from '../engine/forms.ts';
import type { Kernel } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { doubleSinglePiece } from '../math/double-single.ts';
import { commonPieces } from '../math/pieces.ts';
import { Levels, meanSurprisal } from '../math/surprisal.ts';
import { reducible } from './reduction.ts';
import { pairArguments, type PlainPairFunction, type RowParameters } from './row-divergence.ts';
import { tempering } from '../math/temperature.ts';

const kernel: Kernel<object> = {
  frame: defineFrame({
    inputs: { p: 'stored', q: 'stored' }, output: ['entropies', 'u32'], uniforms: { p_logits: 'u32', q_logits: 'u32' },
    calls: 'compute_item',
  }),
  pieces: [...commonPieces, doubleSinglePiece, { name: 'divergences/mean-surprisal.wgsl', source }],
  values: ({ inputs: [p, q] }) => ({ p_logits: isLogits(p!.form) ? 1 : 0, q_logits: isLogits(q!.form) ? 1 : 0 }),
  over: 'rows',
};

const operation: Operation<object> = reducible(tempering<object>({
  name: 'crossEntropy',
  information: () => true,
  formula: 'H(p, q) = −Σ p log q',
  source: 'Cover & Thomas 2006, §5.4',
  arguments: pairArguments,
  parameters: [],
  check: (_, [p, q]) => checkOutcomes('crossEntropy', 'q', q!, p!.width),
  result: (inputs) => ({ shape: [batchSize(operation, inputs)], form: 'values' }),
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'two parts of one sign, logarithms of 2 ulp, in compensated sums' },
  kernel,
  reference: ([p, q]) => (row, out) => {
    const [of, by] = [new Levels(p!.row(row), isLogits(p!.form)), new Levels(q!.row(row), isLogits(q!.form))];
    out[0] = meanSurprisal(of, by, p!.width);
  },
}));

/**
 * Cross-entropy of each row of q under the same row of p, in nats: the mean surprisal −log q of outcomes that p draws.
 *
 * H(p, q) = −Σ p log q = H(p) + KL(p‖q) ≥ 0; infinite where q is 0 and p is not; outcomes with p = 0 add nothing.
 * Rows of any form, and p may have another form than q: targets as probabilities, predictions as logits. Logits are
 * normalised on the way and never stored; the relative accuracy holds for nearly certain rows as well.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 4 ulp of f32. Source: Cover & Thomas, Elements of Information Theory (2006), §5.4.
 *
 * @example
 * const logits = engine.rows([[2, -1], [0, 3]], { outcomes: 2, form: 'logits' });
 * const loss = await crossEntropy(p, logits).read();
 */
export const crossEntropy: PlainPairFunction = Object.assign((p: Tensor, q: Tensor, parameters: RowParameters = {}): Tensor => apply(operation, [p, q], parameters), { operation });
