/** What the suites over all operations share: the operations themselves, parameters for each, and random rows by kind of argument. */
import type { Engine } from '../src/engine/engine.ts';
import type { DistributionForm } from '../src/engine/forms.ts';
import { ofExample, widthsOf } from '../host/examples.ts';
import { exertion } from '../src/engine/exertion.ts';
import type { Dispatch, Kernel, Regime } from '../src/engine/kernel.ts';
import { apply, type Operation } from '../src/engine/operation.ts';
import { inputOf, roundOf, stagesOf } from '../src/engine/stages.ts';
import { columns } from '../src/math/columns.ts';
import type { Tensor } from '../src/engine/tensor.ts';
import { dimensionOf, type Coordinates } from '../src/geometry/coordinates.ts';
import * as dually from '../src/index.ts';
import { masks } from './masks.ts';
import { everyOperator } from './program/every-operator.ts';
import { uniformFrom } from './math/relative-error.ts';

export interface NamedOperation {
  readonly name: string;
  readonly operation: Operation;
  /** Whether logits reach it as they are; other functions convert them before. */
  readonly takesLogits: boolean;
}

/** Every operation that the package exports. */
export const operations: readonly NamedOperation[] = Object.entries(dually)
  .filter(([, exported]) => 'operation' in exported)
  .map(([name, exported]) => ({
    name, operation: (exported as unknown as { operation: Operation }).operation, takesLogits: (exported as { divergence?: { logits?: object } }).divergence?.logits !== undefined || name === 'probabilities' || name.endsWith('Gradient'),
  }));

export interface Parameters {
  readonly coordinates?: Coordinates;
  readonly [name: string]: unknown;
}

/** The parameters that an operation is tried with: the examples of its record. */
export function parametersOf(name: string): readonly Parameters[] {
  const { operation } = operations.find((known) => known.name === name)!;
  return (operation.examples ?? [{}]) as readonly Parameters[];
}

export interface BatchShape {
  readonly outcomes: number;
  readonly rows: number;
  readonly form: DistributionForm;
  /** The argument that has one row for all, if one has. */
  readonly single?: number;
}

const layouts: readonly BatchShape[] = [
  { outcomes: 2, rows: 70, form: 'weights' },
  { outcomes: 3, rows: 7, form: 'probabilities', single: 0 },
  { outcomes: 5, rows: 70, form: 'probabilities', single: 1 },
  { outcomes: 64, rows: 9, form: 'weights' },
  { outcomes: 300, rows: 1, form: 'weights' },
  { outcomes: 1025, rows: 7, form: 'probabilities' },
];

/** Layouts for a regime; a workgroup is dear on an adapter that is a CPU, so that all pairs are there of few rows. */
export function batchShapes(regime: Regime): readonly BatchShape[] {
  return regime === 'lane' ? layouts : layouts.map((layout) => (layout.single === undefined ? { ...layout, rows: Math.min(layout.rows, 9) } : layout));
}

/** Inputs of an operation, each by what it takes. The same seed gives the same numbers. */
export function inputsOf(engine: Engine, operation: Operation, { coordinates }: Parameters, layout: BatchShape, seed = 1): Tensor[] {
  const widths = widthsOf(operation, layout.outcomes);
  return operation.arguments.map(({ takes }, index) => {
    const rows = layout.single === index ? 1 : layout.rows;
    if (takes !== 'values') return engine.rows(distributions(rows, layout, index, seed), { outcomes: layout.outcomes, form: layout.form });
    const outcomes = coordinates ? dimensionOf(coordinates, layout.outcomes) : widths[index]!;
    return engine.values(vectors(rows * outcomes, index, seed), { outcomes });
  });
}

const isLogarithmic = (form: DistributionForm): boolean => form === 'logits' || form === 'logProbabilities';

function distributions(rows: number, { outcomes, form }: BatchShape, argument: number, seed: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(rows * outcomes);
  for (let row = 0; row < rows; row++) {
    const weights = weightsOfRow(row, outcomes, argument, seed);
    const mass = form === 'probabilities' || form === 'logProbabilities' ? weights.reduce((sum, x) => sum + x, 0) : 1;
    const mask = [-Infinity, ...masks][((row >> 2) + 4 * argument) % (masks.length + 1)]!; // every fourth row has zeros
    data.set(weights.map((x) => (!isLogarithmic(form) ? x / mass : x === 0 ? mask : Math.log(x / mass))), row * outcomes);
  }
  return data;
}

/** Four kinds of rows in turn: heavy-tailed, near the same row of the other arguments, with zeros, and over 60 powers of two. */
function weightsOfRow(row: number, outcomes: number, argument: number, seed: number): Float64Array {
  const common = uniformFrom(seed + 7919 * row);
  const own = uniformFrom(seed + 7919 * row + 104_729 * (argument + 1));
  const weights = Float64Array.from({ length: outcomes }, (_, k) => {
    switch (row % 4) {
      case 0: return 0.01 + own() ** 8 / (k + 1);
      case 1: return (0.01 + common() ** 8) * (1 + 1e-4 * (own() - 0.5));
      case 2: return own() < 0.3 ? 0 : own();
      default: return 2 ** (-60 * own());
    }
  });
  if (weights.every((x) => x === 0)) weights[argument % outcomes] = 1;
  return weights;
}

function vectors(length: number, argument: number, seed: number): Float32Array<ArrayBuffer> {
  const random = uniformFrom(seed + 104_729 * (argument + 1));
  return new Float32Array(length).map(() => (random() - 0.5) / (0.05 + random()));
}

/** A kernel as a run would dispatch it. */
export interface KernelUse {
  readonly name: string;
  readonly kernel: Kernel<unknown>;
  readonly dispatch: Dispatch<unknown>;
}

const smallBatches: readonly BatchShape[] = [
  { outcomes: 4, rows: 2, form: 'weights' },
  { outcomes: 5, rows: 2, form: 'weights' },
  { outcomes: 4, rows: 2, form: 'logits' },
  { outcomes: 16, rows: 8, form: 'weights' }, // from here on all pairs are a matrix product
  { outcomes: 16, rows: 32, form: 'weights' }, // in large tiles
];

/** Rows that a divergence goes through in parts. */
const longBatches: readonly BatchShape[] = [
  { outcomes: 40_000, rows: 1, form: 'weights' },
  { outcomes: 40_001, rows: 1, form: 'logits' },
];

/** Results of all operations of the indexes, with all their examples and at a temperature. */
export function exampleResults(engine: Engine): Tensor[] {
  const ofExamples = operations.flatMap(({ name, operation }) => parametersOf(name).flatMap((parameters) => smallBatches.flatMap((layout) => {
    const inputs = inputsOf(engine, operation, parameters, layout);
    return layout.form === 'logits' && refuses(operation, inputs, parameters) ? [] : [ofExample(operation, inputs, parameters)];
  })));
  return [...ofExamples, ...resultsOfLogits(engine)];
}

/** Every kernel that the operations of the indexes lead to, composed or not; an operation may have several. */
export function kernelUses(engine: Engine): KernelUse[] {
  return allResults(engine).flatMap(kernelsOf);
}

/** Results of all that there is: of examples, and of what these do not lead to. */
export function allResults(engine: Engine): Tensor[] {
  const kl = dually.klDivergence.operation as Operation;
  const split = longBatches.map((layout) => apply(kl, inputsOf(engine, kl, {}, layout), {}));
  return [...exampleResults(engine), ...split, mixtureDescent(engine, -1), mixtureDescent(engine, 0.5), ...ownDivergences(engine), ...resultsOfHalves(engine), weightedSum(engine), columns(engine.values([[1, 2]], { outcomes: 2 }), 1, [1]), apply(everyOperator, [engine.values([[1, 2]], { outcomes: 2 })], {}), apply(exertion, [engine.values([[1, 2]], { outcomes: 2 })], { rows: 2 })];
}

/** Some operations leave the conversion of logits to the caller. */
function refuses(operation: Operation, inputs: readonly Tensor[], parameters: Parameters): boolean {
  try {
    operation.check?.(operation.fitted?.(parameters, inputs) ?? parameters, inputs);
    return false;
  } catch (error) {
    if (error instanceof dually.DomainError) return true;
    throw error;
  }
}

/** The descent over components is a second record of mirrorDescent. */
function mixtureDescent(engine: Engine, alpha: number): Tensor {
  const [targets, components] = inputsOf(engine, dually.klDivergence.operation as Operation, {}, smallBatches[0]!);
  const start = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  return dually.mirrorDescent(start, { kind: 'alphaDivergence', alpha, targets: targets!, components: components! }, { stepSize: 0.1, steps: 1 });
}

/** What callers define is in no index. */
function ownDivergences(engine: Engine): Tensor[] {
  const [p, q] = inputsOf(engine, dually.klDivergence.operation as Operation, {}, smallBatches[0]!);
  const chiSquare = dually.defineFDivergence({ name: 'chiSquare', term: ({ excess }) => excess.squared(), atZero: 1, atInfinity: Infinity });
  const square = dually.defineBregman({ name: 'square', term: ({ difference }) => difference.squared(), infinite: { withoutP: false, withoutQ: false } });
  return [chiSquare(p!, q!), square(p!, q!), dually.divergenceMatrix(p!, q!, { divergence: square })];
}

/** Examples of reductions have no weights, since these are as many as there are rows. */
function weightedSum(engine: Engine): Tensor {
  const [p] = inputsOf(engine, dually.entropy.operation as Operation, {}, smallBatches[0]!);
  return dually.entropy(p!, { reduction: 'sum', weights: [1, 2] });
}

/** Examples have no temperature, since weights have none, and rows of one form. */
function resultsOfLogits(engine: Engine): Tensor[] {
  const [p, q] = (['weights', 'logits'] as const).map((form) => inputsOf(engine, dually.entropy.operation as Operation, {}, { outcomes: 4, rows: 2, form })[0]!);
  return [dually.klDivergence(p!, q!), dually.entropy(q!, { temperature: 3 }), dually.euclideanGradient(q!, q!, { divergence: dually.klDivergence, of: 'q', temperature: 3 }), dually.valueAndGradient(q!, q!, { divergence: dually.jensenShannonDivergence, of: 'q' })];
}

/** Some kernels read rows that are stored as f16, and before the others the rows are widened. */
function resultsOfHalves(engine: Engine): Tensor[] {
  const halves = new Uint16Array(8).fill(0x3c00);
  const [weights, logits] = (['weights', 'logits'] as const).map((form) => engine.rows(halves, { outcomes: 4, form, storage: 'f16' }));
  return [dually.klDivergence(weights!, weights!), dually.klDivergence(logits!, logits!), dually.probabilities(weights!)];
}

function kernelsOf(result: Tensor): KernelUse[] {
  return stagesOf(result, () => false).flatMap((stage) => [stage, ...roundOf(stage.tensor)]).flatMap((stage) => {
    const { tensor } = stage;
    const { origin } = tensor;
    if (origin.kind !== 'result' || origin.operation.body) return [];
    const { operation: { name, kernel }, parameters } = origin;
    if (!kernel) throw new Error(`${name} has neither a kernel nor a composition`);
    const ranges = stage.inputs.map((_, index) => inputOf(stage, index));
    return [{ name, kernel, dispatch: { parameters, rows: tensor.rows, width: tensor.width, inputs: ranges } }];
  });
}
