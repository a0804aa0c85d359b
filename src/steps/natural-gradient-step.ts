import { checkChoice, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { weightsOf } from '../math/probabilities.ts';
import { type RowOperation, shares, type Value, valueOf } from '../program/index.ts';
import { tiltBy, tiltCall } from './mirror-descent-step.ts';
import { checkStepSize, defineStep, type StepParameters, type Stepping, takeGivenStep } from './step-size.ts';

/** The geodesic of the step: 'e' straight in θ (α = 1), 'm' straight in η (α = −1), 'lc' a great circle in √p (α = 0). */
export type Path = 'e' | 'm' | 'lc';

export interface NaturalGradientParameters extends StepParameters {
  readonly path: Path;
}

const name = 'naturalGradientStep';

const stepping: Stepping<RowOperation<NaturalGradientParameters>> = defineStep<NaturalGradientParameters>({
  name,
  formula: 'geodesic from p with velocity −η p⊙(g − p·g)',
  source: 'Amari 1998; Amari & Nagaoka 2000',
  parameters: ['stepSize', 'path'],
  examples: (['e', 'm', 'lc'] as const).flatMap((path) => [0.05, -0.7, 40].map((stepSize) => ({ stepSize, path }))),
  arguments: [{ name: 'p', takes: 'distributions' }, { name: 'gradient', takes: 'values' }],
  check({ stepSize, path }, [p, gradient]) {
    checkStepSize(name, stepSize);
    checkChoice(name, 'path', path, ['e', 'm', 'lc']);
    checkOutcomes(name, 'gradient', gradient!, p!.width);
  },
  form: 'probabilities',
  tolerance: { ulps: () => 16, relativeTo: 'row', reason: 'the mean of the gradient is subtracted, so small entries keep the error of large ones' },
  program: ({ p, gradient }, { stepSize }, { path }) => (path === 'e' ? tiltBy(p!, gradient!, stepSize!) : step(p!, gradient!, stepSize!, path)),
  cpu: (dispatch) => (dispatch.parameters.path === 'e' ? tiltCall(dispatch) : undefined),
});

/**
 * m: p (1 − η (g − E g)).   lc: the square of √p (cos r − η/2 (g − E g) sin r/r), r = η/2 √Var g.
 * What a long step makes of a row depends on its proportions alone: it is in units of its own length, and gradients are
 * in quarters of the largest of outcomes that have mass, so that everything is in f32.
 */
function step(p: Value, gradient: Value, stepSize: Value, path: 'm' | 'lc'): Value {
  const { weights, probabilities } = shares(p);
  const has = weights.isGreater(0);
  const quarter = gradient.times(0.25);
  const from = gradient.at(p.argmax().as('mode')).times(0.25);
  const distance = has.select(quarter.minus(from), 0);
  const largest = distance.absolute().max().times(4).as('largest');
  const direction = distance.over(largest).times(4);
  const excess = direction.minus(probabilities.times(direction).sum().as('mean'));
  const rate = stepSize.absolute();
  const isLong = rate.isGreater(valueOf(1).over(largest)).and(largest.isGreater(0));
  const unit = isLong.select(valueOf(1).over(largest).over(rate), 1).as('unit');
  const slope = isLong.select(1, rate.times(largest));
  const moved = stepSize.isLess(0).select(slope.negated(), slope).as('slope').times(excess);
  if (path === 'm') return normalised(probabilities.times(unit.minus(moved).atLeast(0)));
  const deviation = probabilities.times(excess.squared()).sum().sqrt();
  const r = slope.over(unit.atLeast(1e-30)).times(deviation).times(0.5).atMost(Math.PI / 2).as('r'); // beyond π/2 every great circle has left the simplex
  const root = r.cos().times(unit).minus(r.sinc().times(0.5).times(moved)).atLeast(0);
  return normalised(probabilities.times(root.squared()));
}

function normalised(x: Value): Value {
  return x.over(x.sum());
}

/**
 * One step against the natural gradient p⊙(g − p·g) of each row, along a geodesic of the chosen connection.
 *
 * path 'e': p⁺ ∝ p e^(−η g), the same as `mirrorDescentStep`. path 'm': p⁺ = p (1 − η (g − p·g)).
 * path 'lc': √p⁺ = cos r √p + (sin r / r) ξ with ξ = −½ η √p (g − p·g), r = |ξ|, the exponential map of the Fisher metric.
 * The paths agree to first order in η. On 'm' and 'lc' an outcome whose probability would become negative ends at 0, and
 * the row is normalised.
 * The step size η is a number, or a tensor with one for each row, [batchSize, 1].
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
  readonly byRow: Operation<NaturalGradientParameters>;
} = Object.assign(
  (p: Tensor, gradient: Tensor, parameters: NaturalGradientParameters): Tensor => takeGivenStep(stepping, [weightsOf(p), gradient], parameters), stepping,
);
