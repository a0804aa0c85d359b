import source from '../../shaders/geometry/fisher-vector-product.wgsl?raw';
import { defineUniforms } from '../engine/uniform-layout.ts';
import { apply, batchSize, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { modeOf, modePiece } from '../math/mode.ts';
import { weightsOf } from '../math/probabilities.ts';
import { scaledPiece } from '../math/scaled.ts';
import { bytesInDouble } from '../math/scratch.ts';
import { CompensatedSum, sumOf, sumPiece } from '../math/sum.ts';
import { checkCoordinates, dimensionOf, exampleCoordinates, type CoordinateParameters, type Coordinates } from './coordinates.ts';

const name = 'fisherVectorProduct';
const codes: Readonly<Record<Coordinates, number>> = { theta: 0, eta: 1, logits: 2 };

const operation: Operation<CoordinateParameters> = {
  name, parameters: ['coordinates'], examples: exampleCoordinates, formula: 'F v = p⊙(v − p·v) (θ, logits), G v = v/η + (Σv)/p_K (η)', source: 'Amari & Nagaoka 2000, §2.2',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'v', takes: 'values', axis: 'rows' }],
  check({ coordinates }, [p, v]) {
    checkCoordinates(name, coordinates);
    checkOutcomes(name, 'v', v!, dimensionOf(coordinates, p!.width));
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs), inputs[1]!.width], form: 'values' }),
  tolerance: { ulps: () => 16, relativeTo: 'row', reason: 'the mean of v is subtracted from v, so small entries keep the error of large ones' },
  kernel: {
    pieces: () => [scaledPiece, sumPiece, modePiece, { name: 'geometry/fisher-vector-product.wgsl', source }],
    uniforms: defineUniforms({
      rows: 'u32', width: 'u32', zero: 'u32', p_start: 'u32', p_stride: 'u32', v_start: 'u32', v_stride: 'u32', outcomes: 'u32', coordinates: 'u32',
    }),
    values: ({ inputs, parameters: { coordinates } }) => ({ outcomes: inputs[0]!.width, coordinates: codes[coordinates] }),
    over: 'rows',
    items: ({ rows }) => rows,
  },
  cpu: ({ parameters: { coordinates }, inputs }) => ({
    name: 'fisherVectorProduct', numbers: [coordinates === 'eta' ? 1 : 0], scratch: bytesInDouble(inputs[1]!.width),
  }),
  reference: ([p, v], { coordinates }) => (row, out) => multiply(p!.row(row), v!.row(row), coordinates, out),
};

function multiply(weights: ArrayLike<number>, v: ArrayLike<number>, coordinates: Coordinates, out: Float64Array): void {
  const total = sumOf(weights);
  if (coordinates === 'eta') {
    const rest = overProbability(sumOf(v), weights[weights.length - 1]! / total);
    for (let k = 0; k < out.length; k++) {
      const own = overProbability(v[k]!, weights[k]! / total);
      out[k] = Number.isFinite(own) ? own + rest : own;
    }
    return;
  }
  const origin = v[modeOf(weights)] ?? 0; // of the last outcome in theta
  const mean = new CompensatedSum();
  for (let k = 0; k < weights.length; k++) mean.add((weights[k]! / total) * ((v[k] ?? 0) - origin));
  for (let k = 0; k < out.length; k++) out[k] = (weights[k]! / total) * (v[k]! - origin - mean.value);
}

function overProbability(x: number, probability: number): number {
  return x === 0 ? 0 : x / Math.abs(probability); // that may be −0
}

/**
 * Fisher information of each row times a vector, in O(outcomes) and without the matrix.
 *
 * In θ and logits F v = p⊙(v − p·v); in η G v = v/η + (Σv)/p_K, ±∞ where a probability is 0 and the vector is not.
 * Shapes: p [batchSize, outcomes], v [batchSize, n] with n as for `fisherInformation`; the result is [batchSize, n].
 * Errors: ShapeError, DomainError. Source: Amari & Nagaoka 2000, §2.2.
 *
 * @example
 * const y = await fisherVectorProduct(p, engine.values([[1]], { outcomes: 1 }), { coordinates: 'theta' }).read();
 */
export const fisherVectorProduct: { (p: Tensor, v: Tensor, parameters: CoordinateParameters): Tensor; readonly operation: Operation<CoordinateParameters> } =
  Object.assign((p: Tensor, v: Tensor, parameters: CoordinateParameters): Tensor => apply(operation, [weightsOf(p), v], parameters), { operation });
