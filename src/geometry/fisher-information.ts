import source from '../../shaders/geometry/fisher-information.wgsl?raw';
import { defineFrame } from '../engine/frame.ts';
import { apply, turnsPerStep, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { weightsOf } from '../math/probabilities.ts';
import { scaledPiece } from '../math/scaled.ts';
import { CompensatedSum, sumOf } from '../math/sum.ts';
import { checkCoordinates, dimensionOf, exampleCoordinates, type CoordinateParameters } from './coordinates.ts';
import { rowMass } from './row-mass.ts';

const name = 'fisherInformation';

const entries: Operation<CoordinateParameters> = {
  name: `${name}, entries`, formula: 'entries from p and its mass', source: 'see fisherInformation',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'mass', takes: 'values', axis: 'rows' }],
  result: ([p], { coordinates }) => fisherShape(p!, coordinates),
  tolerance: { ulps: () => 8, relativeTo: 'entry', reason: 'three divisions and a product, without cancellation' },
  kernel: {
    pieces: [scaledPiece, { name: 'geometry/fisher-information.wgsl', source }],
    frame: defineFrame({
      inputs: { p: 'u32', mass: 'f32' }, output: ['information', 'u32'], calls: 'element',
      uniforms: { dimension: 'u32', in_eta: 'u32' },
    }),
    values: ({ inputs, parameters: { coordinates } }) => ({
      outcomes: inputs[0]!.width, dimension: dimensionOf(coordinates, inputs[0]!.width), in_eta: coordinates === 'eta' ? 1 : 0,
    }),
    over: 'elements',
  },
  reference: ([p], { coordinates }) => (row, out) => writeInformation(p!.row(row), coordinates === 'eta', out),
};

const operation: Operation<CoordinateParameters> = {
  ...entries, name, parameters: ['coordinates'], examples: exampleCoordinates, formula: 'F = diag p − p pᵀ (θ, logits), G = diag(1/η) + 11ᵀ/p_K (η)', source: 'Amari & Nagaoka 2000, §2.2',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
  check: ({ coordinates }) => checkCoordinates(name, coordinates),
  cpu: ({ parameters: { coordinates }, inputs }) => {
    const { width } = inputs[0]!;
    return { name: 'fisherInformation', numbers: [dimensionOf(coordinates, width), coordinates === 'eta' ? 1 : 0], scratch: 4 * width };
  },
  compose: ([p], parameters) => apply(entries, [p!, rowMass(p!)], parameters),
};

function fisherShape(p: Tensor, coordinates: CoordinateParameters['coordinates']): { shape: number[]; form: 'values' } {
  const n = dimensionOf(coordinates, p.width);
  return { shape: [p.rows, n, n], form: 'values' };
}

function* writeInformation(weights: ArrayLike<number>, inEta: boolean, out: Float64Array): Generator<void> {
  const total = sumOf(weights);
  const n = Math.round(Math.sqrt(out.length));
  const turns = turnsPerStep(n);
  for (let i = 0; i < n; i++) {
    if (i % turns === 0) yield;
    for (let j = 0; j < n; j++) {
      out[i * n + j] = inEta
        ? total / Math.abs(weights[weights.length - 1]!) + (i === j ? total / Math.abs(weights[i]!) : 0) // of −0 too +∞
        : i === j ? (weights[i]! / total) * (massWithout(weights, i, total) / total) : -(weights[i]! / total) * (weights[j]! / total);
    }
  }
}

/** Σ_{j≠i} p_j, summed when the difference would cancel. */
function massWithout(weights: ArrayLike<number>, i: number, total: number): number {
  if (weights[i]! <= 0.5 * total) return total - weights[i]!;
  const others = new CompensatedSum();
  for (let j = 0; j < weights.length; j++) if (j !== i) others.add(weights[j]!);
  return others.value;
}

/**
 * Fisher information matrix of each row.
 *
 * In natural coordinates θ and in logits F = diag(p) − p pᵀ (singular in logits, with kernel (1, …, 1)); in expectation
 * coordinates η its inverse G = diag(1/η) + 11ᵀ/p_K, infinite where an outcome has probability 0.
 * Shapes: p [batchSize, outcomes]; the result is [batchSize, n, n] with n = outcomes − 1, in logits n = outcomes.
 * Errors: ShapeError, DomainError; within 8 ulp. Source: Amari & Nagaoka 2000, §2.2.
 *
 * @example
 * const f = await fisherInformation(p, { coordinates: 'theta' }).read();
 */
export const fisherInformation: { (p: Tensor, parameters: CoordinateParameters): Tensor; readonly operation: Operation<CoordinateParameters> } =
  Object.assign((p: Tensor, parameters: CoordinateParameters): Tensor => apply(operation, [weightsOf(p)], parameters), { operation });
