import smoothingSource from '../../shaders/divergences/smoothing.wgsl?raw';
import { DomainError, shown } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, checkOutcomes, type Operand, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { jeffreysDivergence } from './jeffreys-divergence.ts';
import { reducible } from './reduction.ts';
import type { PairFunction } from './row-divergence.ts';

export interface SmoothingParameters {
  /** What is added to every count before the rows are normalised, ≥ 0: ½ is Jeffreys' prior, 1 Laplace's, 0 leaves the counts as they are. */
  readonly smoothing: number;
}

const name = 'populationStabilityIndex';

const smoothing: Operation<SmoothingParameters> = {
  name: 'smoothed', formula: 'p + s', source: 'definition',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
  result: ([p]) => ({ shape: p!.shape, form: 'weights' }),
  tolerance: { ulps: () => 1, relativeTo: 'entry', reason: 'one rounding' },
  kernel: {
    pieces: [{ name: 'divergences/smoothing.wgsl', source: smoothingSource }],
    frame: defineFrame({
      inputs: { p: 'f32' }, output: ['smoothed', 'f32'], uniforms: { smoothing: 'f32' }, calls: 'element',
    }),
    values: ({ parameters }) => ({ smoothing: parameters.smoothing }),
    over: 'elements',
  },
  cpu: ({ parameters }) => ({ name: 'smoothedRows', numbers: [parameters.smoothing] }),
  reference: ([p], parameters) => (row, out) => writeSmoothed(p!.row(row), parameters, out),
};

/** In f32 as everywhere, since the index of near rows is made of the differences that the rounding leaves. */
function writeSmoothed(counts: ArrayLike<number>, parameters: SmoothingParameters, out: Float64Array): void {
  for (let k = 0; k < out.length; k++) out[k] = Math.fround(counts[k]! + Math.fround(parameters.smoothing));
}

function smoothedOperand(operand: Operand, parameters: SmoothingParameters): Operand {
  const out = new Float64Array(operand.width);
  return {
    ...operand, form: 'weights',
    row(index) {
      writeSmoothed(operand.row(index), parameters, out);
      return out;
    },
  };
}

const operation: Operation<SmoothingParameters> = reducible<SmoothingParameters>({
  name,
  information: () => true,
  formula: 'PSI = Σ (p − q) log(p/q) of p ∝ actual + smoothing, q ∝ expected + smoothing',
  source: 'Siddiqi 2006; Yurdakul & Naranjo 2020',
  arguments: [{ name: 'expected', takes: 'distributions', axis: 'rows' }, { name: 'actual', takes: 'distributions', axis: 'rows' }],
  parameters: ['smoothing'],
  examples: [{ smoothing: 0.5 }, { smoothing: 0 }],
  check(parameters, inputs) {
    checkSmoothing(parameters.smoothing);
    inputs.forEach(({ form }, index) => checkCounts(operation.arguments[index]!.name, form));
    checkOutcomes(name, 'actual', inputs[1]!, inputs[0]!.width);
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs)], form: 'values' }),
  tolerance: jeffreysDivergence.operation.tolerance,
  compose: (inputs, parameters) => {
    const [expected, actual] = inputs.map((input) => apply(smoothing, [input], parameters));
    return jeffreysDivergence(expected!, actual!);
  },
  reference: (operands, parameters) => jeffreysDivergence.operation.reference(operands.map((operand) => smoothedOperand(operand, parameters)), {}),
});

function checkSmoothing(value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value <= 2 ** 64) return;
  throw new DomainError({
    operation: name, argument: 'smoothing', expected: 'a number from 0 to 2⁶⁴', got: shown(value), remedy: 'Pass { smoothing: 0.5 }, which is added to every count, or 0 to add nothing.',
  });
}

function checkCounts(argument: string, form: Tensor['form']): void {
  if (!isLogits(form)) return;
  throw new DomainError({
    operation: name, argument, expected: 'rows of counts', got: `rows of ${form}`, remedy: "Wrap counts with engine.rows(counts, { outcomes, form: 'weights' }).",
  });
}

/**
 * Population stability index of each row of counts from the same row of expected counts, in nats: how far a population has
 * drifted over its bins. Below 0.1 it is commonly called stable, from 0.25 on shifted.
 *
 * PSI = Σ (p − q) log(p/q), Jeffreys' divergence of p ∝ actual + smoothing and q ∝ expected + smoothing: the constant is added
 * to every count, in f32, and then the rows are normalised. Without (0) it is infinite where just one of the counts is 0.
 * Symmetric, and without smoothing the scale of the counts does not matter; rows of probabilities are taken as they are given.
 * Shapes: expected and actual [batchSize, bins], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 5 ulp of f32. Source: Siddiqi, Credit Risk Scorecards (2006); Yurdakul & Naranjo,
 * J. Risk Model Validation 14 (2020).
 *
 * @example
 * const expected = engine.rows([[120, 310, 70]], { outcomes: 3, form: 'weights' });
 * const actual = engine.rows([[90, 330, 0]], { outcomes: 3, form: 'weights' });
 * const psi = await populationStabilityIndex(expected, actual, { smoothing: 0.5 }).read();
 */
export const populationStabilityIndex: PairFunction<SmoothingParameters> = Object.assign(
  (expected: Tensor, actual: Tensor, parameters: SmoothingParameters): Tensor => apply(operation, [expected, actual], parameters), { operation },
);
