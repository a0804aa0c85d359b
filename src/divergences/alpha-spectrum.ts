import logitsSource from '../../shaders/divergences/alpha-spectrum-logits.wgsl?raw';
import weightsSource from '../../shaders/divergences/alpha-spectrum-weights.wgsl?raw';
import source from '../../shaders/divergences/alpha-spectrum.wgsl?raw';
import { ShapeError } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import type { Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { alphaQuadPieces, alphaQuads } from '../math/alpha-quads.ts';
import { seriesDegree, seriesPieces } from '../math/table.ts';
import { alphaDivergence } from './alpha-divergence.ts';
import { checkAlphas, greatestMagnitude, type AlphaList } from './alpha-list.ts';
import { alphaTolerance, logitPieces, unsupportedAlpha, weightPieces } from './alpha-member.ts';
import { identityMember } from './identity-member.ts';
import { checkForms, pairArguments } from './row-divergence.ts';

const alphaSpectrumPiece: Piece = { name: 'divergences/alpha-spectrum.wgsl', source };

export interface SpectrumParameters {
  /** The values of Amari's α: any real numbers, in any order. */
  readonly alphas: AlphaList;
}

const name = 'alphaSpectrum';
const single = alphaDivergence.operation;
const greatest = ({ alphas }: SpectrumParameters): number => greatestMagnitude(alphas);
const weights: readonly Piece[] = [...weightPieces, { name: 'divergences/alpha-spectrum-weights.wgsl', source: weightsSource }];
const logits: readonly Piece[] = [...logitPieces, { name: 'divergences/alpha-spectrum-logits.wgsl', source: logitsSource }];

const operation: Operation<SpectrumParameters> = {
  name,
  formula: 'D_α(p‖q) for all α of a list',
  source: 'Amari & Nagaoka 2000, §3.2',
  dearness: ({ alphas }) => ({ webgpu: 2 * Math.ceil(alphas.length / 4) + 2 }),
  arguments: pairArguments,
  parameters: ['alphas'],
  examples: [{ alphas: [-1, -0.5, 0, 0.5, 1] }, { alphas: [2] }, { alphas: [-1 + 1e-7, 3, 6, -0.3] }],
  check(parameters, inputs) {
    const { alphas } = parameters;
    checkAlphas(name, 'alphas', alphas);
    if (alphas.length === 0) throw new ShapeError({ operation: name, argument: 'alphas', expected: 'at least one α', got: 'none', remedy: 'Pass { alphas: [ … ] }.' });
    const [p, q] = inputs as [Tensor, Tensor];
    checkOutcomes(name, 'q', q, p.width);
    checkForms(name, p, q, true);
  },
  result: (inputs, { alphas }) => ({ shape: [batchSize(operation, inputs), alphas.length], form: 'values' }),
  tolerance: alphaTolerance(greatest),
  unsupported: (parameters) => unsupportedAlpha(greatest(parameters)),
  reference: (operands, { alphas }) => {
    const rows = Array.from(alphas, (alpha) => single.reference(operands, { alpha }));
    const value = new Float64Array(1);
    return (row, out) => rows.forEach((write, index) => {
      write(row, value);
      out[index] = value[0]!;
    });
  },
  kernel: {
    pieces: ({ parameters, inputs }) => [
      ...(isLogits(inputs[0]!.form) ? logits : weights), ...alphaQuadPieces(seriesDegree(greatest(parameters))), ...seriesPieces(seriesDegree(greatest(parameters))),
      identityMember, alphaSpectrumPiece,
    ],
    table: ({ parameters: { alphas } }) => ({
      key: `alphas ${Array.from(alphas).join(' ')}`, type: 'vec4<u32>', make: () => alphaQuads(alphas),
    }),
    frame: defineFrame({ inputs: { p: 'stored', q: 'stored' }, output: ['divergences', 'u32'], calls: 'compute_item' }),
    over: 'rows',
    items: ({ rows, width }) => rows * Math.ceil(width / 4),
  },
};

/**
 * The α-divergences of each row of p from the same row of q at every α of a list, in nats: entry [i, k] is
 * D_α(p_i‖q_i) at alphas[k]. Each outcome is reduced once for four values of α. Conventions are those of `alphaDivergence`.
 *
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize, alphas.length].
 * Errors: ShapeError, DomainError; within the tolerance of `alphaDivergence` at the largest |α|. |α| > 15 runs on the CPU.
 *
 * @example
 * const d = await alphaSpectrum(p, q, { alphas: [-1, 0, 1] }).read(); // d[3 * row + k]
 */
export const alphaSpectrum: { (p: Tensor, q: Tensor, parameters: SpectrumParameters): Tensor; readonly operation: Operation<SpectrumParameters> } = Object.assign(
  (p: Tensor, q: Tensor, parameters: SpectrumParameters): Tensor => apply(operation, [p, q], parameters), { operation },
);
