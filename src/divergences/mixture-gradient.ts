import joinedSource from '../../shaders/divergences/joined.wgsl?raw';
import logitPairSource from '../../shaders/divergences/logit-pair.wgsl?raw';
import source from '../../shaders/divergences/mixture-gradient.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { doubleSinglePiece } from '../math/double-single.ts';
import { firstPieces } from '../math/first.ts';
import { mixtureGradientOfLogits } from '../math/mixture-gradient.ts';
import { pairPiece } from '../math/pair.ts';
import { commonPieces } from '../math/pieces.ts';
import { pairArguments } from './row-divergence.ts';

/** A gradient of the Jensen–Shannon divergence in one row, whose weight in the mixture it is. */
export interface MixtureGradient {
  readonly of: 'p' | 'q';
  /** The weight of p. */
  readonly weight: number;
}

const logitPair: Piece = { name: 'divergences/logit-pair.wgsl', source: logitPairSource };
const mixtureGradientPiece: Piece = { name: 'divergences/mixture-gradient.wgsl', source };
const orderOf = ({ of }: MixtureGradient): readonly [number, number] => (of === 'p' ? [0, 1] : [1, 0]);
const shareOf = ({ of, weight }: MixtureGradient): number => (of === 'p' ? weight : 1 - weight);

const gradient: Operation<MixtureGradient> = {
  name: 'mixtureGradient', formula: '∂JS/∂logits', source: 'Lin 1991', arguments: pairArguments,
  result: (inputs) => ({ shape: [batchSize(gradient, inputs), inputs[0]!.width], form: 'values' }),
  tolerance: { ulps: () => 8, relativeTo: 'row', reason: 'slopes of 3 ulp, less their mean in a compensated sum' },
  kernel: {
    order: ({ parameters }) => orderOf(parameters),
    pieces: (_, regime) => [
      ...commonPieces, doubleSinglePiece, pairPiece, logitPair, ...firstPieces(regime), mixtureGradientPiece,
    ],
    frame: defineFrame({
      inputs: { p: 'u32', q: 'u32' }, output: ['gradient', 'f32'], uniforms: { share: 'f32', log_odds: 'f32' },
      calls: 'compute_item',
    }),
    values({ parameters }) {
      const share = shareOf(parameters);
      return { share, log_odds: Math.log1p(-share) - Math.log(share) };
    },
    over: 'rows',
    iterations: ({ inputs }) => 4 * inputs[0]!.width,
  },
  reference(operands, parameters) {
    const [own, other] = orderOf(parameters).map((input) => operands[input]!);
    return (row, out) => mixtureGradientOfLogits(own!.row(row), other!.row(row), shareOf(parameters), out);
  },
};

/** A number a row, and then the rest of it. */
const joined: Operation<object> = {
  name: 'joined', formula: '(x, y)', source: 'definition',
  arguments: [{ name: 'value', takes: 'values', axis: 'rows' }, { name: 'rest', takes: 'values', axis: 'rows' }],
  result: ([value, rest]) => ({ shape: [value!.rows, 1 + rest!.width], form: 'values' }),
  tolerance: { ulps: () => 0, relativeTo: 'entry', reason: 'numbers are only copied' },
  kernel: {
    pieces: [{ name: 'divergences/joined.wgsl', source: joinedSource }],
    frame: defineFrame({ inputs: { value: 'u32', rest: 'u32' }, output: ['joined', 'u32'], calls: 'element' }),
    over: 'elements',
  },
  reference: ([value, rest]) => (row, out) => {
    out[0] = value!.row(row)[0]!;
    out.set(rest!.row(row), 1);
  },
};

/** Of rows of logits; with the values before it where they are given. */
export function mixtureGradient(inputs: readonly Tensor[], parameters: MixtureGradient, values: Tensor | undefined): Tensor {
  const of = apply(gradient, inputs, parameters);
  return values ? apply(joined, [values, of], {}) : of;
}
