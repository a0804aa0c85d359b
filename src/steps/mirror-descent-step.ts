import { apply, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { weightsOf } from '../math/probabilities.ts';
import { bytesInDouble } from '../math/scratch.ts';
import { defineRows, type RowDefinition, type RowOperation, tilt, type Value } from '../program/index.ts';
import { checkStepSize, type StepParameters } from './step-size.ts';

const name = 'mirrorDescentStep';

/** The step size in units of a power of two in which its product with every gradient is in f32. */
export function unitNumbers({ stepSize }: StepParameters): Record<'rate' | 'largest' | 'unit' | 'perUnit', number> {
  const size = Math.floor(Math.log2(Math.abs(stepSize)));
  const exponent = Math.min(126, Math.max(0, size + 3));
  return { rate: -stepSize / 2 ** exponent, largest: Math.min(3.4e38, 2 ** (125 - size + exponent)), unit: 2 ** exponent, perUnit: 2 ** -exponent };
}

/** p e^(−η g), normalised; `numbers` are those of `unitNumbers`. */
export function tiltBy(p: Value, gradient: Value, { rate, largest, unit, perUnit }: Readonly<Record<string, Value>>): Value {
  const bounded = gradient.atMost(largest!).atLeast(largest!.negated());
  const share = tilt(p, bounded.double().times(rate!.double()), { unit: unit!, perUnit: perUnit! });
  return share.isLess(2 ** -1000).select(0, share); // what f64 has next to its end would leave it in a quotient
}

/** The same on the CPU, in a function of its own: twice as fast as the program. */
export const tiltCall: NonNullable<RowDefinition<StepParameters>['cpu']> = ({ parameters: { stepSize }, inputs }) =>
  ({ name: 'tilts', numbers: [stepSize], scratch: bytesInDouble(inputs[0]!.width) });

const operation: RowOperation<StepParameters> = defineRows<StepParameters>({
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
  numbers: unitNumbers,
  program: ({ p, gradient }, numbers) => tiltBy(p!, gradient!, numbers),
  cpu: tiltCall,
});

/**
 * One step of mirror descent with the entropy as mirror map, that is of exponentiated gradient, on each row.
 *
 * p⁺ = argmin_q η⟨g, q⟩ + KL(q‖p) ∝ p e^(−η g): the prox divergence is KL (α = −1), the path is straight in
 * log-probabilities, an e-geodesic (α = +1). A zero stays a zero. A constant added to the gradient changes nothing.
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
} = Object.assign(
  (p: Tensor, gradient: Tensor, parameters: StepParameters): Tensor => apply(operation, [weightsOf(p), gradient], parameters),
  { operation },
);
