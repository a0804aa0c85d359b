import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import type { Operand } from '../engine/operation-record.ts';
import { apply, batchSize, checkChoice, checkFinite, checkOutcomes, type Composition } from '../engine/operation.ts';
import { repeat } from '../engine/repeat.ts';
import { product } from '../linear/index.ts';
import { transposed } from '../math/transposed.ts';
import { taken } from '../engine/parameters.ts';
import type { Tensor } from '../engine/tensor.ts';
import { alphaDivergenceOfWeights, weights } from '../math/alpha-family.ts';
import { probabilities, weightsOf } from '../math/probabilities.ts';
import { defineRows, type RowOperation } from '../program/index.ts';
import { sumOf } from '../math/sum.ts';
import { advance, descend, shareOf, slopeParameters, slopes, startOf, tilted } from './descent.ts';
import { mirrorDescentStep } from './mirror-descent-step.ts';
import { checkStepSize, composeStep, type StepParameters, takeStep } from './step-size.ts';

/** What a descent minimises over the distributions w of its rows. */
export type Objective =
  /** ⟨gradient, w⟩ */
  | { readonly kind: 'linear'; readonly gradient: Tensor }
  /** D_α(target ‖ w), or with components D_α(target ‖ Σ_m w_m component_m). α = −1 is KL(target ‖ ·). */
  | { readonly kind: 'alphaDivergence'; readonly alpha: number; readonly targets: Tensor; readonly components?: Tensor };

export interface DescentParameters extends StepParameters {
  readonly steps: number;
}

interface DivergenceDescent extends DescentParameters {
  readonly alpha: number;
}

const name = 'mirrorDescent';
/** The range of α in which the slopes keep their accuracy in f32. */
const largestAlpha = 3;
const largestStep = 3.4e38;
/** Of the state of a row in assembly/steps. */
const bytesPerOutcome = 32;
/** Steps times outcomes that take a thread about 10 ms. */
const longestDescent = 2 ** 19;

const toTargets: Composition<DivergenceDescent> = {
  name, usage: `${name}(p, objective, { stepSize, steps })`, parameters: ['alpha', 'stepSize', 'steps'], examples: [-1, -3, 0, 0.5, 1, 2].map((alpha) => ({ alpha, stepSize: 0.02, steps: 1 })), formula: 'w ∝ w e^(−η ∂f/∂w), steps times', source: 'Beck & Teboulle 2003; Kivinen & Warmuth 1997',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'targets', takes: 'distributions', axis: 'rows' }],
  check: (parameters, [p, targets]) => {
    checkParameters(parameters);
    checkOutcomes(name, 'targets', targets!, p!.width);
  },
  result: (inputs) => ({ shape: [batchSize(toTargets, inputs), inputs[0]!.width], form: 'probabilities' }),
  unsupported: ({ alpha }) => (Math.abs(alpha) <= largestAlpha ? undefined : `the slopes of D_α keep their accuracy in f32 for |α| ≤ ${largestAlpha}, and α is ${alpha}`),
  tolerance: {
    ulps: () => 84, relativeTo: 'row', reason: 'relative error of the objective at the result, 1e-5; the minimiser itself may be far less well determined',
    compare: ([, targets, components], { alpha }) => (row, got, expected) => {
      const at = (w: ArrayLike<number>): number => alphaDivergenceOfWeights(targets!.row(row), mixed(w, components), alpha);
      const [reached, wanted] = [at(got), at(inFloats(expected))];
      // Rounding w to f32 alone changes the objective by √(2D) 2⁻²⁴, so that small D are judged by their roots.
      return reached === wanted ? 0 : Math.abs(reached - wanted) / Math.max(wanted, Math.sqrt(wanted) / 16, 1e-6);
    },
  },
  passes: ({ steps }) => Math.max(1, steps),
  compose: ([p, targets], { alpha, stepSize, steps }) => descend(probabilities(p!), targets!, { stepSize, steps, ...slopeParameters(alpha) }),
  /** A function of its own, which goes through all steps at once: for so many that it does not keep a thread for long. */
  cpu: ({ parameters: { alpha, stepSize, steps }, inputs: [p] }) => (Math.abs(alpha) > largestAlpha || steps * p!.width > longestDescent ? undefined : {
    name: 'descents', numbers: [steps, stepSize as number, -weights(alpha).b], scratch: bytesPerOutcome * (p!.width + 16),
  }),
};

const toMixtures: Composition<DivergenceDescent> = {
  ...toTargets,
  arguments: [...toTargets.arguments, { name: 'components', takes: 'distributions', axis: 'whole' }],
  check: (parameters, [p, targets, components]) => {
    checkParameters(parameters);
    checkOutcomes(name, 'targets', targets!, components!.width);
    if (p!.width === components!.rows) return;
    throw new ShapeError({ operation: name, argument: 'p', expected: `a weight for each of the ${components!.rows} components`, got: `${p!.width} outcomes a row`, remedy: 'The state of the descent is one weight a component.' });
  },
  result: (inputs) => ({ shape: [batchSize(toMixtures, inputs), inputs[0]!.width], form: 'probabilities' }),
  compose: ([p, targets, components], parameters) => {
    const [goal, rows] = [apply(shareOf, [targets!], {}), apply(shareOf, [components!], {})];
    const [start, columns, { stepSize, steps, alpha }] = [probabilities(p!), transposed(rows), parameters];
    const state = repeat(startOf(p!), { steps }, (x) => {
      const mixture = product(apply(tilted, [start, x], {}), columns);
      const gradient = product(apply(slopes, [goal, mixture], slopeParameters(alpha)), rows);
      return takeStep(advance, [x, gradient], { stepSize });
    });
    return apply(tilted, [start, state], {});
  },
  cpu: () => undefined,
};

const [ofTargets, ofMixtures] = [composeStep(toTargets), composeStep(toMixtures)];

function normalise(row: ArrayLike<number>): Float64Array {
  const total = sumOf(row);
  return Float64Array.from(row, (x) => x / total);
}

/** What f32 holds of a distribution: a weight that it flushes to 0 may be dear in the objective. */
function inFloats(w: ArrayLike<number>): ArrayLike<number> {
  return Float32Array.from(w, (x) => (x < 2 ** -126 ? 0 : x));
}

function mixed(w: ArrayLike<number>, components: Operand | undefined): ArrayLike<number> {
  if (!components) return w;
  const out = new Float64Array(components.width);
  for (let m = 0; m < components.rows; m++) {
    const component = normalise(components.row(m));
    for (let k = 0; k < out.length; k++) out[k]! += w[m]! * component[k]!;
  }
  return out;
}

/** The objective as it is now; each kind has its own parts. */
function takenObjective(given: Objective): Objective {
  const objective = taken(name, 'objective', given, ['kind', 'gradient', 'alpha', 'targets', 'components']);
  checkChoice(name, 'objective.kind', objective.kind, ['linear', 'alphaDivergence']);
  return taken(name, 'objective', objective, objective.kind === 'linear' ? ['kind', 'gradient'] : ['kind', 'alpha', 'targets', 'components']);
}

function checkParameters({ stepSize, steps }: DescentParameters): void {
  checkStepSize(name, stepSize);
  if (Number.isInteger(steps) && steps >= 0 && steps < 2 ** 31) return;
  throw new DomainError({ operation: name, argument: 'steps', expected: 'a whole number from 0 to 2³¹ − 1', got: shown(steps), remedy: 'Pass { steps: … }.' });
}

const sums: RowOperation<{ readonly steps: number }> = defineRows({
  name: 'sumsOfSteps', formula: 'η · steps', source: 'see mirrorDescent',
  tolerance: { ulps: () => 1, relativeTo: 'entry', reason: 'one product' },
  arguments: [{ name: 'stepSize', takes: 'values' }],
  program: ({ stepSize }, { steps }) => stepSize!.times(steps!).atMost(largestStep).atLeast(-largestStep),
});

/** The one step that steps along a line are. */
function wholeStep({ stepSize, steps }: DescentParameters): number | Tensor {
  if (typeof stepSize !== 'number') return apply(sums, [stepSize], { steps });
  checkStepSize(name, stepSize * steps, 'stepSize · steps');
  return stepSize * steps;
}

/**
 * Many steps of mirror descent (exponentiated gradient) on each row, without leaving the GPU between them.
 *
 * w ∝ w e^(−η ∂f/∂w) for f(w) = ⟨g, w⟩, D_α(target ‖ w), or D_α(target ‖ w R) over the weights w of components R.
 * A linear objective is one exact step of size steps · stepSize. Zeros of the start stay zero, so they keep components out.
 * The step size η is a number, or a tensor with one for each row, [batchSize, 1].
 * Shapes: p, the start, [batchSize, outcomes], with components [batchSize, components]; targets [batchSize, outcomes] or one
 * row for all; the result holds probabilities in the shape of p.
 * Errors: ShapeError, DomainError; the objective is right to 1e-5. |α| > 3 runs on the CPU.
 * Source: Beck & Teboulle, Oper. Res. Lett. 31 (2003); Kivinen & Warmuth, Inf. Comput. 132 (1997).
 *
 * @example
 * const objective = { kind: 'alphaDivergence', alpha: -1, targets: q } as const;
 * const state = await mirrorDescent(p, objective, { stepSize: 0.5, steps: 20 }).read();
 */
export const mirrorDescent: {
  (p: Tensor, objective: Objective, parameters: DescentParameters): Tensor;
  readonly operation: Composition<DivergenceDescent>;
  readonly byRow: Composition<DivergenceDescent>;
  readonly ofMixtures: Composition<DivergenceDescent>;
  readonly ofMixturesByRow: Composition<DivergenceDescent>;
} = Object.assign(
  (p: Tensor, given: Objective, descent: DescentParameters): Tensor => {
    const objective = takenObjective(given);
    const parameters = taken(name, 'parameters', descent, ['stepSize', 'steps']);
    if (objective.kind === 'linear') {
      checkParameters(parameters);
      return mirrorDescentStep(p, objective.gradient, { stepSize: wholeStep(parameters) });
    }
    const { alpha, targets, components } = objective;
    checkFinite(name, 'objective.alpha', alpha);
    const inputs = [p, targets, ...(components ? [components] : [])].map(weightsOf);
    return takeStep(components ? ofMixtures : ofTargets, inputs, { ...parameters, alpha });
  },
  { ...ofTargets, ofMixtures: ofMixtures.operation, ofMixturesByRow: ofMixtures.byRow },
);
