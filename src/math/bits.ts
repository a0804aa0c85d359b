import source from '../../shaders/math/bits.wgsl?raw';
import { DomainError } from '../engine/errors.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { doubleSinglePiece } from './double-single.ts';

const name = 'bits';

const operation: Operation<object> = {
  name, formula: 'x/log 2', source: 'Shannon 1948',
  arguments: [{ name: 'x', takes: 'values', axis: 'rows' }],
  parameters: [],
  check: (_, [x]) => checkInformation(x!),
  result: ([x]) => ({ shape: x!.shape, form: 'values' }),
  tolerance: { ulps: () => 34, relativeTo: 'entry', reason: 'one rounding, beside the error of the result that it takes' },
  kernel: {
    pieces: [doubleSinglePiece, { name: 'math/bits.wgsl', source }],
    frame: defineFrame({ inputs: { x: 'u32' }, output: ['in_bits', 'u32'], calls: 'element' }),
    over: 'elements',
  },
  cpu: () => ({ name: 'inBits' }),
  reference: ([x]) => (row, out) => {
    const nats = x!.row(row);
    for (let k = 0; k < out.length; k++) out[k] = nats[k]! / Math.LN2;
  },
};

/** Numbers that the caller wrapped are taken at his word. */
function checkInformation({ origin }: Tensor): void {
  if (origin.kind === 'source' || origin.operation.information?.(origin.parameters)) return;
  throw new DomainError({
    operation: name, argument: 'x', expected: 'information, such as a result of klDivergence or entropy', got: `a result of ${origin.operation.name}, which is none`,
    remedy: 'Only logarithms have a unit; take other results as they are.',
  });
}

/**
 * Information in bits rather than in nats: x/log 2, of results of klDivergence, reverseKlDivergence, jeffreysDivergence,
 * populationStabilityIndex, jensenShannonDivergence, entropy, crossEntropy, renyiDivergence, maxDivergence,
 * bhattacharyyaDivergence, skewedChernoffDivergence and chernoffInformation, of α-divergences at α = ±1, and of reductions
 * and matrices of these; and of values that you wrapped yourself.
 *
 * Shapes: x of any shape, the result likewise. Rounded once; ±Infinity stays what it is.
 * Errors: ShapeError, DomainError for results that are no information, such as distances. Source: Shannon 1948.
 *
 * @example
 * const h = await bits(entropy(p)).read();
 * const loss = await bits(klDivergence(p, q, { reduction: 'mean' })).read();
 */
export const bits: { (x: Tensor): Tensor; readonly operation: Operation<object> } = Object.assign(
  (x: Tensor, parameters = {}): Tensor => apply(operation, [x], parameters), { operation },
);
