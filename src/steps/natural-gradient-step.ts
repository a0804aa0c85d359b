import source from '../../shaders/steps/natural-gradient-step.wgsl?raw';
import { defineUniforms } from '../engine/uniform-layout.ts';
import { apply, batchSize, checkChoice, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { modeOf, modePiece } from '../math/mode.ts';
import { weightsOf } from '../math/probabilities.ts';
import { bytesInDouble } from '../math/scratch.ts';
import { CompensatedSum, sumOf } from '../math/sum.ts';
import { mirrorDescentStep } from './mirror-descent-step.ts';
import { checkStepSize, stepPieces, tilt, tiltCall, type StepParameters } from './tilt.ts';

/** The geodesic of the step: 'e' straight in θ (α = 1), 'm' straight in η (α = −1), 'lc' a great circle in √p (α = 0). */
export type Path = 'e' | 'm' | 'lc';

export interface NaturalGradientParameters extends StepParameters {
  readonly path: Path;
}

const name = 'naturalGradientStep';
const operation: Operation<NaturalGradientParameters> = {
  name, parameters: ['stepSize', 'path'], examples: (['e', 'm', 'lc'] as const).flatMap((path) => [0.05, -0.7, 40].map((stepSize) => ({ stepSize, path }))), formula: 'geodesic from p with velocity −η p⊙(g − p·g)', source: 'Amari 1998; Amari & Nagaoka 2000',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'gradient', takes: 'values', axis: 'rows' }],
  check({ stepSize, path }, [p, gradient]) {
    checkStepSize(name, stepSize);
    checkChoice(name, 'path', path, ['e', 'm', 'lc']);
    checkOutcomes(name, 'gradient', gradient!, p!.width);
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs), inputs[0]!.width], form: 'probabilities' }),
  tolerance: { ulps: () => 16, relativeTo: 'row', reason: 'the mean of the gradient is subtracted, so small entries keep the error of large ones' },
  compose: ([p, gradient], { path, stepSize }) => (path === 'e' ? mirrorDescentStep(p!, gradient!, { stepSize }) : undefined),
  kernel: {
    pieces: () => [...stepPieces, modePiece, { name: 'steps/natural-gradient-step.wgsl', source }],
    uniforms: defineUniforms({
      rows: 'u32', width: 'u32', zero: 'u32', p_start: 'u32', p_stride: 'u32', gradient_start: 'u32', gradient_stride: 'u32',
      along_m: 'u32', step_mantissa: 'f32', step_exponent: 'i32',
    }),
    values({ parameters: { path, stepSize } }) {
      const exponent = stepSize === 0 ? 0 : Math.floor(Math.log2(Math.abs(stepSize)));
      return { along_m: path === 'm' ? 1 : 0, step_mantissa: stepSize / 2 ** exponent, step_exponent: exponent };
    },
    over: 'rows',
    items: ({ rows }) => rows,
  },
  cpu: ({ parameters: { path, stepSize }, inputs }) => {
    const { width } = inputs[0]!;
    if (path === 'e') return tiltCall({ stepSize }, width);
    return { name: 'naturalGradientSteps', numbers: [stepSize, path === 'm' ? 1 : 0], scratch: bytesInDouble(width) };
  },
  reference: ([p, gradient], { stepSize, path }) => (row, out) => {
    const [weights, g] = [p!.row(row), gradient!.row(row)];
    if (path === 'e') tilt(weights, g, -stepSize, out);
    else step(weights, g, stepSize, path === 'm', out);
  },
};

function step(weights: ArrayLike<number>, gradient: ArrayLike<number>, stepSize: number, alongM: boolean, out: Float64Array): void {
  const total = sumOf(weights);
  const origin = gradient[modeOf(weights)]!;
  const mean = new CompensatedSum();
  for (let k = 0; k < out.length; k++) mean.add((weights[k]! / total) * stepSize * (gradient[k]! - origin));
  const square = new CompensatedSum();
  for (let k = 0; k < out.length; k++) {
    out[k] = stepSize * (gradient[k]! - origin) - mean.value; // centred
    square.add((weights[k]! / total) * out[k]! ** 2);
  }
  const r = Math.min(Math.sqrt(square.value) / 2, Math.PI / 2); // beyond π/2 every great circle has left the simplex
  const sinc = r === 0 ? 1 : Math.sin(r) / r;
  for (let k = 0; k < out.length; k++) {
    const factor = alongM ? Math.max(0, 1 - out[k]!) : Math.max(0, Math.cos(r) - 0.5 * sinc * out[k]!) ** 2;
    out[k] = (weights[k]! / total) * factor;
  }
  const mass = sumOf(out);
  for (let k = 0; k < out.length; k++) out[k]! /= mass;
}

/**
 * One step against the natural gradient p⊙(g − p·g) of each row, along a geodesic of the chosen connection.
 *
 * path 'e': p⁺ ∝ p e^(−η g), the same as `mirrorDescentStep`. path 'm': p⁺ = p (1 − η (g − p·g)).
 * path 'lc': √p⁺ = cos r √p + (sin r / r) ξ with ξ = −½ η √p (g − p·g), r = |ξ|, the exponential map of the Fisher metric.
 * The paths agree to first order in η. On 'm' and 'lc' an outcome whose probability would become negative ends at 0, and
 * the row is normalised.
 * Shapes: p and gradient (∂f/∂p, the Euclidean gradient) [batchSize, outcomes]; the result holds probabilities.
 * Errors: ShapeError, DomainError. Source: Amari, Neural Comput. 10 (1998); Amari & Nagaoka 2000.
 *
 * @example
 * const gradient = engine.values([[1, -1]], { outcomes: 2 });
 * const next = await naturalGradientStep(p, gradient, { stepSize: 0.1, path: 'lc' }).read();
 */
export const naturalGradientStep: {
  (p: Tensor, gradient: Tensor, parameters: NaturalGradientParameters): Tensor;
  readonly operation: Operation<NaturalGradientParameters>;
} = Object.assign((p: Tensor, gradient: Tensor, parameters: NaturalGradientParameters): Tensor => apply(operation, [weightsOf(p), gradient], parameters), { operation });
