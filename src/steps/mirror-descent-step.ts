import { checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { weightsOf } from '../math/probabilities.ts';
import { bytesInDouble } from '../math/scratch.ts';
import { type RowDefinition, type RowOperation, tilt, type Value, valueOf } from '../program/index.ts';
import { checkStepSize, defineStep, type StepParameters, type Stepping, takeGivenStep } from './step-size.ts';

const name = 'mirrorDescentStep';

/**
 * p e^(−η g), normalised. The step size comes in units of a power of two, in which its product with every gradient is in f32.
 */
export function tiltBy(p: Value, gradient: Value, stepSize: Value): Value {
  const binade = stepSize.single().absolute().binade().as('binade');
  const unit = binade.atMost(2 ** 123).times(8).atLeast(1).as('unit');
  const perUnit = valueOf(1.5).over(unit).binade().as('perUnit'); // exact, however a device divides
  const largest = binade.isGreater(2 ** 123).select(unit.over(binade).times(2 ** 125), 3.4e38).as('largest');
  const rate = stepSize.double().times(perUnit).negated().as('rate');
  const bounded = gradient.atMost(largest).atLeast(largest.negated());
  const share = tilt(p, bounded.double().times(rate), { unit, perUnit });
  return share.isLess(2 ** -1000).select(0, share); // what f64 has next to its end would leave it in a quotient
}

/** The same on the CPU, in a function of its own: twice as fast as the program. */
export const tiltCall: NonNullable<RowDefinition<StepParameters>['cpu']> = ({ parameters: { stepSize }, inputs }) =>
  ({ name: 'tilts', numbers: [stepSize as number], scratch: bytesInDouble(inputs[0]!.width) });

const steps: Stepping<RowOperation<StepParameters>> = defineStep<StepParameters>({
  name,
  formula: 'p⁺ ∝ p e^(−η g)',
  source: 'Beck & Teboulle 2003; Kivinen & Warmuth 1997',
  parameters: ['stepSize'],
  examples: [{ stepSize: 0.05 }, { stepSize: -0.7 }, { stepSize: 40 }],
  arguments: [{ name: 'p', takes: 'distributions' }, { name: 'gradient', takes: 'values' }],
  check({ stepSize }, [p, gradient]) {
    checkStepSize(name, stepSize);
    checkOutcomes(name, 'gradient', gradient!, p!.width);
  },
  form: 'probabilities',
  tolerance: { ulps: () => 8, relativeTo: 'entry', reason: 'an exponential of an exact exponent, a compensated sum and a division' },
  program: ({ p, gradient }, { stepSize }) => tiltBy(p!, gradient!, stepSize!),
  cpu: tiltCall,
});

/**
 * One step of mirror descent with the entropy as mirror map, that is of exponentiated gradient, on each row.
 *
 * p⁺ = argmin_q η⟨g, q⟩ + KL(q‖p) ∝ p e^(−η g): the prox divergence is KL (α = −1), the path is straight in
 * log-probabilities, an e-geodesic (α = +1). A zero stays a zero. A constant added to the gradient changes nothing.
 * The step size η is a number, or a tensor with one for each row, [batchSize, 1].
 * Shapes: p and gradient (∂f/∂p) [batchSize, outcomes]; the result holds probabilities, [batchSize, outcomes].
 * Errors: ShapeError, DomainError. Source: Beck & Teboulle, Oper. Res. Lett. 31 (2003); Kivinen & Warmuth 1997.
 *
 * @example
 * const gradient = engine.values([[1, -1]], { outcomes: 2 });
 * const next = await mirrorDescentStep(p, gradient, { stepSize: 0.1 }).read();
 */
export const mirrorDescentStep: {
  (p: Tensor, gradient: Tensor, parameters: StepParameters): Tensor;
  readonly operation: Operation<StepParameters>;
  readonly byRow: Operation<StepParameters>;
} = Object.assign((p: Tensor, gradient: Tensor, parameters: StepParameters): Tensor => takeGivenStep(steps, [weightsOf(p), gradient], parameters), steps);
