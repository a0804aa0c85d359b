/** Random calls: one operation or a chain of up to three, and what happens to it while it runs. All of it is plain data. */
import fc from 'fast-check';
import type { Engine } from '../../src/engine/engine.ts';
import { distributionForms } from '../../src/engine/forms.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { callables, divergences, type Given } from './callables.ts';
import { plain, rowSpecs, seldom, tensorOf, type RowSpec, type Shape } from './rows.ts';

export interface StepSpec {
  readonly name: string;
  /** Its arguments; in the later steps of a chain the first that takes it is the result before. */
  readonly inputs: readonly RowSpec[];
  readonly parameters: Given;
}

const moments = ['before', 'at once', 'after', 'in progress'] as const;
const events = ['abort', 'throw', 'dispose input', 'dispose result', 'dispose all', 'dispose engine', 'foreign input', 'odd options', 'detach input'] as const;

/** What disturbs a call, and when: before it is made, once it is read, some turns of the event loop later, or when it tells of progress. */
export interface Disturbance {
  readonly event: (typeof events)[number];
  readonly moment: (typeof moments)[number];
  readonly turns: number;
}

export interface CallSpec {
  readonly shape: Shape;
  readonly steps: readonly StepSpec[];
  readonly verb: 'read' | 'buffer' | 'read twice';
  readonly engine: 'plain' | 'checked' | 'small';
  readonly disturbance?: Disturbance | undefined;
}

const numbers: readonly unknown[] = [
  0, -0, 1, -1, 1 + 1e-9, 1 - 1e-9, -1 + 1e-9, -1 - 1e-9, 0.3, 0.5, 2, 3, -3, 15, -15, 15.0001, -15.0001, 40, -40, 1e-9, 1e30, Number.NaN, Infinity, -Infinity, '1', undefined, null,
];
const lists: readonly unknown[] = [[0.5], [-1, 0.5], [1, -1 + 1e-9, 0], [0, 1, 2, 3, 40, -16, 0.3], [], [Number.NaN]];
const values: Readonly<Record<string, readonly unknown[]>> = {
  k: [1, 2, 3, 7, 0, 1.5, '1'], groups: [1, 2, 9, 0, 1.5, '1', 1e30], index: [[0], [0, 1, 0], [], [Number.NaN], 3], steps: [1, 2, 5, -1, 1.5, Number.NaN, '3'], alphas: [...lists, 3, undefined], alpha: [...numbers, ...lists],
  divergence: [...divergences, 'entropy', 'nothing', undefined], of: ['p', 'q', 'r', undefined], path: ['e', 'm', 'lc', 'g', undefined],
  stepSize: [...numbers.filter((x) => x !== 1e30), 1e6],
  reduction: ['none', 'sum', 'mean', 'batchmean', null], temperature: [1, 2, 0.25, 0.7, 3, 0, -1, Number.NaN, '2'],
  coordinates: ['theta', 'eta', 'logits', 'x', undefined], generator: ['negativeEntropy', 'squaredEuclidean', 'itakuraSaito', 'burg', 'toString', undefined],
};

/** Names that no operation knows. */
export const unknownNames: readonly string[] = ['quirk', 'Alpha_', 'steps_size', 'constructor', 'toString', 'valueOf'];

/** An example of the operation as it is, with one part changed, with a name that is not known, or no parameters at all. */
function parametersOf(name: string): fc.Arbitrary<Given> {
  const example = fc.constantFrom(...callables[name]!.examples);
  const changed = example.chain((parameters) => {
    const keys = ['reduction', 'temperature', ...Object.keys(parameters), ...('divergence' in parameters ? ['alpha', 'order', 'lambda', 'generator'] : [])];
    return fc.constantFrom(...keys).chain((key) => fc.constantFrom(...(values[key] ?? numbers)).map((value) => ({ ...parameters, [key]: value })));
  });
  const unknown = fc.tuple(example, fc.constantFrom(...unknownNames)).map(([parameters, key]) => ({ ...parameters, [key]: 0.5 }));
  return fc.oneof({ weight: 8, arbitrary: example }, { weight: 8, arbitrary: changed }, { weight: name === 'take' ? 0 : 1, arbitrary: unknown }, { weight: 1, arbitrary: fc.constantFrom(undefined, null, 3, 'x', {}) });
}

/** Rows of halves have kernels of their own, or are widened before; a few operations stand for all, since a pipeline is dear. */
const ofHalves = ['alphaDivergence', 'mirrorDescentStep', 'divergenceMatrix', 'probabilities'];

function stepSpecs(names: readonly string[]): fc.Arbitrary<StepSpec> {
  return fc.constantFrom(...names).chain((name) => {
    const forms = fc.constantFrom(...distributionForms);
    const alike = forms.chain((form) => fc.tuple(...callables[name]!.takes.map((takes) => rowSpecs(fc.constant(takes === 'values' ? 'values' : form), ofHalves.includes(name)))));
    const mixed = fc.tuple(...callables[name]!.takes.map(() => rowSpecs(fc.constantFrom(...distributionForms, 'values' as const), false)));
    return fc.record({ name: fc.constant(name), inputs: fc.oneof({ weight: 6, arbitrary: alike }, { weight: 1, arbitrary: mixed }), parameters: parametersOf(name) }, plain);
  });
}

/** Every operation, and a few that others are made of: a pipeline is dear, and a thousand calls are not. */
export const everyName: readonly string[] = Object.keys(callables);
export const fewNames: readonly string[] = ['klDivergence', 'hellingerDistance', 'entropy', 'probabilities', 'mirrorDescentStep', 'mirrorDescent, linear', 'fisherVectorProduct', 'alphaDivergenceMatrix'];

const toDistributions = ['probabilities', 'mirrorDescentStep', 'naturalGradientStep', 'mirrorDescent', 'mirrorDescent, linear'];
const toVectors = ['euclideanGradient', 'fisherVectorProduct'];

/** One operation, or up to three in a row of which each takes what the one before makes. */
function chainsOf(names: readonly string[]): fc.Arbitrary<readonly StepSpec[]> {
  const among = (of: (name: string) => boolean): fc.Arbitrary<StepSpec> => stepSpecs(names.filter(of));
  const makers = among((name) => toDistributions.includes(name));
  const vectors = among((name) => toVectors.includes(name));
  const steppers = among((name) => callables[name]!.takes[1] === 'values');
  const ofDistributions = among((name) => callables[name]!.takes[0] === 'distributions');
  return fc.oneof(
    { weight: 12, arbitrary: fc.tuple(among(() => true)) }, { weight: 3, arbitrary: fc.tuple(makers, ofDistributions) }, { weight: 1, arbitrary: fc.tuple(makers, makers, ofDistributions) },
    { weight: 2, arbitrary: fc.tuple(vectors, steppers) }, { weight: 1, arbitrary: fc.tuple(vectors, steppers, ofDistributions) },
  );
}

const most = 4000;
const disturbances = fc.record({ event: fc.constantFrom(...events), moment: fc.constantFrom(...moments), turns: fc.nat(6) }, plain);

/** Calls of some operations, small enough that thousands are quick. */
export const callSpecs = (names: readonly string[]): fc.Arbitrary<CallSpec> => fc.record({
  shape: fc.record({ rows: fc.constantFrom(1, 2, 3, 7, 0, 64, 65, 300), outcomes: fc.constantFrom(2, 3, 4, 5, 16, 17, 63, 64, 65, 257, 1000) }),
  steps: chainsOf(names),
  verb: fc.constantFrom('read', 'read', 'read', 'buffer', 'read twice'),
  engine: fc.constantFrom('plain', 'plain', 'checked', 'small'),
  disturbance: seldom(disturbances, 3),
}, plain).map(({ shape, ...rest }) => {
  const effort = Math.max(...rest.steps.map(({ name }) => callables[name]!.effort?.(shape) ?? 1));
  const outcomes = rest.steps.some(({ name }) => name === 'fisherInformation' || name === 'gram') ? Math.min(65, shape.outcomes) : shape.outcomes;
  return { shape: { rows: Math.min(shape.rows, Math.max(2, Math.floor(most / (outcomes * effort)))), outcomes }, ...rest };
});

/** Parameters that the caller may do with what it likes. */
function copyOf(parameters: Given): Given {
  if (typeof parameters !== 'object' || parameters === null) return parameters;
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, Array.isArray(value) ? [...value as unknown[]] : value]));
}

/** Once a call is made, its parameters are what the caller likes. */
function spoil(parameters: Given): void {
  if (typeof parameters !== 'object' || parameters === null) return;
  for (const [key, value] of Object.entries(parameters)) {
    if (Array.isArray(value)) value.fill(Number.NaN).push(7);
    Reflect.set(parameters, key, Number.NaN);
  }
}

/** The sources and results of a call, in order. Throws what the call throws. `sources` holds those that were made before, too. */
export function build(engine: Engine, device: GPUDevice | undefined, { shape, steps }: CallSpec, sources: Tensor[], exchange: (sources: Tensor[]) => void = () => undefined): Tensor[] {
  const results: Tensor[] = [];
  for (const { name, inputs, parameters } of steps) {
    const { takes, shapeOf, call } = callables[name]!;
    const before = results.at(-1);
    const current = before ? { rows: before.rows, outcomes: before.width } : shape;
    const place = before ? Math.max(0, takes.indexOf(before.form === 'values' ? 'values' : 'distributions')) : -1;
    const made = inputs.map((spec, index) => (index === place ? before! : tensorOf(engine, device, spec, shapeOf?.(index, current, parameters) ?? current)));
    sources.push(...made.filter((_, index) => index !== place));
    exchange(made);
    const given = copyOf(parameters);
    results.push(call(made, given));
    spoil(given);
  }
  return results;
}
