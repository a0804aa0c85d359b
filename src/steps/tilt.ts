import advanceSource from '../../shaders/steps/advance.wgsl?raw';
import ofGradientSource from '../../shaders/steps/exponent-of-gradient.wgsl?raw';
import ofStateSource from '../../shaders/steps/exponent-of-state.wgsl?raw';
import tiltSource from '../../shaders/steps/tilt.wgsl?raw';
import { DomainError, shown } from '../engine/errors.ts';
import type { CpuCall, Kernel, Piece } from '../engine/kernel.ts';
import { defineUniforms } from '../engine/uniform-layout.ts';
import { batchSize, checkFinite, type Operand, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { doubleSinglePiece, splitDouble } from '../math/double-single.ts';
import { elementaryPiece } from '../math/elementary.ts';
import { scaledPiece } from '../math/scaled.ts';
import { bytesInDouble } from '../math/scratch.ts';
import { CompensatedSum, sumPiece } from '../math/sum.ts';

export interface StepParameters {
  readonly stepSize: number;
}

export const stepPieces: readonly Piece[] = [scaledPiece, sumPiece, elementaryPiece, doubleSinglePiece];

/** Throws unless a step size is a number of f32, which kernels have. */
export function checkStepSize(operation: string, stepSize: unknown, argument = 'stepSize'): void {
  checkFinite(operation, argument, stepSize);
  if (Number.isFinite(Math.fround(stepSize as number))) return;
  throw new DomainError({ operation, argument, expected: 'a number between −3.4e38 and 3.4e38', got: shown(stepSize), remedy: 'Take a smaller step: what is beyond puts all mass where the gradient is least.' });
}

/** The step size as two f32, and the largest gradient entry that its product keeps finite; beyond it probabilities are 0 or 1. */
export function stepUniforms({ stepSize }: StepParameters): { step_high: number; step_low: number; largest: number } {
  const { high, low } = splitDouble(stepSize);
  return { step_high: high, step_low: low, largest: Math.min(1e30, 1e30 / Math.max(Math.abs(high), 1e-8)) };
}

export const stepFields = { step_high: 'f32', step_low: 'f32', largest: 'f32' } as const;

/** The same for one step, in units of a power of two that keep its product with every gradient in f32. */
function tiltUniforms({ stepSize }: StepParameters): Record<'step_high' | 'step_low' | 'largest' | 'unit' | 'per_unit', number> {
  const size = Math.floor(Math.log2(Math.abs(stepSize)));
  const exponent = Math.min(126, Math.max(0, size + 3));
  const { high, low } = splitDouble(stepSize / 2 ** exponent);
  return { step_high: high, step_low: low, largest: Math.min(3.4e38, 2 ** (125 - size + exponent)), unit: 2 ** exponent, per_unit: 2 ** -exponent };
}

function tiltKernel(exponent: Piece): Kernel<StepParameters> {
  return {
    pieces: () => [...stepPieces, exponent, { name: 'steps/tilt.wgsl', source: tiltSource }],
    uniforms: defineUniforms({ rows: 'u32', width: 'u32', zero: 'u32', p_start: 'u32', p_stride: 'u32', x_start: 'u32', x_stride: 'u32', ...stepFields, unit: 'f32', per_unit: 'f32' }),
    names: ['p', 'x'],
    values: ({ parameters }) => tiltUniforms(parameters),
    over: 'rows',
    items: ({ rows }) => rows,
  };
}

/** p exp(−stepSize · gradient), normalised. */
export const gradientTilt: Kernel<StepParameters> = tiltKernel({ name: 'steps/exponent-of-gradient.wgsl', source: ofGradientSource });

/** The same on the CPU. */
export function tiltCall({ stepSize }: StepParameters, outcomes: number): CpuCall {
  return { name: 'tilts', numbers: [stepSize], scratch: bytesInDouble(outcomes) };
}

/** p exp(x), normalised, with x in double: [batchSize, 2 outcomes], high parts before low parts. */
export const stateTilt: Operation<object> = {
  name: 'stateTilt', formula: 'p e^x / Σ p e^x', source: 'see mirrorDescent',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'x', takes: 'values', axis: 'rows' }],
  result: (inputs) => ({ shape: [batchSize(stateTilt, inputs), inputs[0]!.width], form: 'probabilities' }),
  tolerance: { ulps: () => 6, relativeTo: 'entry', reason: 'an exponential of an exact exponent, a compensated sum and a division' },
  kernel: { ...tiltKernel({ name: 'steps/exponent-of-state.wgsl', source: ofStateSource }), values: () => tiltUniforms({ stepSize: 0 }) } as Kernel<object>,
  reference: ([p, x]) => (row, out) => {
    const state = x!.row(row);
    tilt(p!.row(row), Float64Array.from(out, (_, k) => state[k]! + state[out.length + k]!), 1, out);
  },
};

/** x − stepSize · gradient, in double. */
export const advance: Operation<StepParameters> = {
  name: 'advance', formula: 'x − η g', source: 'see mirrorDescent',
  arguments: [{ name: 'x', takes: 'values', axis: 'rows' }, { name: 'gradient', takes: 'values', axis: 'rows' }],
  result: (inputs: readonly Tensor[]) => ({ shape: [batchSize(advance, inputs), inputs[0]!.width], form: 'values' }),
  tolerance: { ulps: () => 1, relativeTo: 'row', reason: 'double arithmetic' },
  kernel: {
    pieces: () => [...stepPieces, { name: 'steps/advance.wgsl', source: advanceSource }],
    uniforms: defineUniforms({
      rows: 'u32', zero: 'u32', x_start: 'u32', x_stride: 'u32', gradient_start: 'u32', gradient_stride: 'u32', entries: 'u32', ...stepFields,
    }),
    values: ({ inputs, parameters }) => ({ entries: inputs[1]!.width, ...stepUniforms(parameters) }),
    over: 'elements',
    items: ({ rows, inputs }) => rows * inputs[1]!.width,
  },
  reference: ([x, gradient]: readonly Operand[], { stepSize }) => (row, out) => {
    const [state, g] = [x!.row(row), gradient!.row(row)];
    for (let k = 0; k < g.length; k++) {
      const next = state[k]! + state[g.length + k]! - stepSize * g[k]!;
      const { high, low } = splitDouble(next);
      out[k] = high;
      out[g.length + k] = low;
    }
  },
};

/** out = p e^(factor x) / Σ p e^(factor x) in f64; x counts from where its factor is greatest on the support, so that what all have in common costs nothing. */
export function tilt(p: ArrayLike<number>, x: ArrayLike<number>, factor: number, out: Float64Array): void {
  let origin = -1;
  for (let k = 0; k < out.length; k++) if (p[k]! > 0 && (origin < 0 || factor * x[k]! > factor * x[origin]!)) origin = k;
  let greatest = -Infinity;
  for (let k = 0; k < out.length; k++) {
    out[k] = p[k]! > 0 ? Math.log(p[k]!) + factor * (x[k]! - x[origin]!) : -Infinity;
    greatest = Math.max(greatest, out[k]!);
  }
  const sum = new CompensatedSum();
  for (let k = 0; k < out.length; k++) sum.add(out[k] = Math.exp(out[k]! - greatest));
  for (let k = 0; k < out.length; k++) out[k]! /= sum.value;
}
