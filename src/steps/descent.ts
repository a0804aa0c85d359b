import { apply } from '../engine/operation.ts';
import { Tensor } from '../engine/tensor.ts';
import { weights } from '../math/alpha-family.ts';
import { defineRows, normalise, type RowOperation, tilt, type Value, valueOf } from '../program/index.ts';
import { defineStep, type StepParameters, type Stepping, takeStep } from './step-size.ts';

/** What the steps of mirror descent are made of: the state is the exponent x of w ∝ p e^x in double, so that small steps add up. */

const source = 'see mirrorDescent';
const tolerance = { ulps: () => 16, relativeTo: 'row' as const, reason: 'an intermediate result; the descent is what is promised' };

/** p/Σp. */
export const shareOf: RowOperation<object> = defineRows<object>({
  name: 'shares', formula: 'p/Σp', source, tolerance, arguments: [{ name: 'p', takes: 'distributions' }],
  program: ({ p }) => normalise(p!),
});

/** p e^x / Σ p e^x. */
export const tilted: RowOperation<object> = defineRows<object>({
  name: 'tilted', formula: 'p e^x / Σ p e^x', source, form: 'probabilities',
  tolerance: { ulps: () => 6, relativeTo: 'entry', reason: 'an exponential of an exact exponent, a compensated sum and a division' },
  arguments: [{ name: 'p', takes: 'distributions' }, { name: 'x', takes: 'values', isDouble: true }],
  program: ({ p, x }) => tilt(p!, x!),
});

/** The slope that a step does not go beyond. */
const largestSlope = 1e30;

/** Of D_α: whether it is KL, and c = −b of its slopes T_c(log q/t). */
export interface SlopeParameters {
  readonly isKl: boolean;
  readonly deformation: number;
}

export function slopeParameters(alpha: number): SlopeParameters {
  return { isKl: alpha === -1, deformation: -weights(alpha).b };
}

/**
 * ∂/∂q of D_α(t‖q) up to a constant that a step does not see: T_c(log q/t), and −t/q for KL, kept finite; where q is 0 its
 * weights stay 0, so the slope there means nothing.
 */
export function slopeOf(t: Value, q: Value, deformation: Value, isKl: boolean): Value {
  const isHere = q.isGreater(0);
  if (isKl) return isHere.select(t.over(q).negated().atLeast(-largestSlope), 0);
  const ratio = q.logRatio(t);
  const slope = ratio.times(deformation.times(ratio).exprel()).atMost(largestSlope).atLeast(-largestSlope);
  const without = deformation.isLess(0).select(valueOf(-1).over(deformation), largestSlope);
  return isHere.select(t.isGreater(0).select(slope, without), 0);
}

/** Slopes of D_α(t‖q) in q. */
export const slopes: RowOperation<SlopeParameters> = defineRows<SlopeParameters>({
  name: 'slopes', formula: '∂D_α(t‖q)/∂q', source, tolerance,
  arguments: [{ name: 't', takes: 'values' }, { name: 'q', takes: 'values' }],
  program: ({ t, q }, { deformation }, { isKl }) => slopeOf(t!, q!, deformation!, isKl),
});

/** x − η g in double; gradients are bounded so that the product is in f32, for beyond it probabilities are 0 or 1. */
function advanced(x: Value, gradient: Value, stepSize: Value): Value {
  const largest = valueOf(1e30).over(stepSize.absolute().atLeast(1e-8)).atMost(1e30).as('largest');
  return x.minus(gradient.atMost(largest).atLeast(largest.negated()).double().times(stepSize.double()));
}

/** One step of the state against a gradient. */
export const advance: Stepping<RowOperation<StepParameters>> = defineStep<StepParameters>({
  name: 'advance', formula: 'x − η g', source,
  tolerance: { ulps: () => 1, relativeTo: 'row', reason: 'double arithmetic' },
  arguments: [{ name: 'x', takes: 'values', isDouble: true }, { name: 'gradient', takes: 'values' }],
  program: ({ x, gradient }, { stepSize }) => ({ x: advanced(x!, gradient!, stepSize!) }),
});

export interface LoopParameters extends StepParameters, SlopeParameters {
  readonly steps: number;
}

/** The steps towards targets, which are probabilities: the state after all of them. */
export const descent: Stepping<RowOperation<LoopParameters>> = defineStep<LoopParameters>({
  name: 'descent', formula: 'x ← x − η ∂D_α(t‖w)/∂w at w ∝ p e^x', source, tolerance,
  arguments: [
    { name: 'p', takes: 'distributions' }, { name: 'targets', takes: 'values' }, { name: 'x', takes: 'values', isDouble: true },
  ],
  steps: ({ steps }) => steps,
  program({ p, targets, x }, { stepSize, deformation }, { isKl }) {
    const w = tilt(p!, x!).as('w');
    return { x: advanced(x!, slopeOf(targets!, w, deformation!, isKl), stepSize!) };
  },
});

/** The state that steps begin with: nothing, in double. */
export function startOf({ host, width }: Tensor): Tensor {
  return new Tensor(host, [1, 2 * width], 'values', { kind: 'source', data: new Float32Array(2 * width), trusted: true });
}

/** The result of a loop of steps towards targets. */
export function descend(p: Tensor, targets: Tensor, parameters: LoopParameters): Tensor {
  const goal = apply(shareOf, [targets], {});
  return apply(tilted, [p, takeStep(descent, [p, goal, startOf(p)], parameters)], {});
}
