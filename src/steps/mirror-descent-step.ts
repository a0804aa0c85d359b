import { apply, batchSize, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { weightsOf } from '../math/probabilities.ts';
import { checkStepSize, gradientTilt, tilt, tiltCall, type StepParameters } from './tilt.ts';

const name = 'mirrorDescentStep';

const operation: Operation<StepParameters> = {
  name, parameters: ['stepSize'], examples: [{ stepSize: 0.05 }, { stepSize: -0.7 }, { stepSize: 40 }], formula: 'p⁺ ∝ p e^(−η g)', source: 'Beck & Teboulle 2003; Kivinen & Warmuth 1997',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'gradient', takes: 'values', axis: 'rows' }],
  check({ stepSize }, [p, gradient]) {
    checkStepSize(name, stepSize);
    checkOutcomes(name, 'gradient', gradient!, p!.width);
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs), inputs[0]!.width], form: 'probabilities' }),
  tolerance: { ulps: () => 8, relativeTo: 'entry', reason: 'an exponential of an exact exponent, a compensated sum and a division' },
  kernel: gradientTilt,
  cpu: ({ parameters, inputs }) => tiltCall(parameters, inputs[0]!.width),
  reference: ([p, gradient], { stepSize }) => (row, out) => tilt(p!.row(row), gradient!.row(row), -stepSize, out),
};

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
export const mirrorDescentStep: { (p: Tensor, gradient: Tensor, parameters: StepParameters): Tensor; readonly operation: Operation<StepParameters> } =
  Object.assign((p: Tensor, gradient: Tensor, parameters: StepParameters): Tensor => apply(operation, [weightsOf(p), gradient], parameters), { operation });
