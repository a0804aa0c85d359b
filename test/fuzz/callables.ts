/** The public operations as random calls see them: by name, with parameters that are plain data. */
import { widthsOf } from '../../host/examples.ts';
import type { Operation } from '../../src/engine/operation.ts';
import { Tensor } from '../../src/engine/tensor.ts';
import * as dually from '../../src/index.ts';
import type { Shape } from './rows.ts';

/** Named parameters, in which a function stands as its name; or anything else, by mistake. */
export type Given = Readonly<Record<string, unknown>> | null | undefined | number | string;

export interface Callable {
  readonly takes: readonly ('distributions' | 'values')[];
  readonly examples: readonly Readonly<Record<string, unknown>>[];
  readonly call: (tensors: readonly Tensor[], parameters: Given) => Tensor;
  /** The shape of an argument, where it is not that of the call. */
  readonly shapeOf?: (argument: number, shape: Shape, parameters: Given) => Shape;
  /** About how many numbers are made or looked at for each of the first argument. */
  readonly effort?: (shape: Shape) => number;
}

const exported = {
  ...dually,
  ownFDivergence: dually.defineFDivergence({ name: 'ownFDivergence', term: ({ excess }) => excess.squared(), atZero: 1, atInfinity: Infinity }),
  ownBregman: dually.defineBregman({ name: 'ownBregman', term: ({ difference }) => difference.squared(), infinite: { withoutP: false, withoutQ: false } }),
} as Readonly<Record<string, unknown>>;

type Exported = ((...args: unknown[]) => Tensor) & { readonly operation: Operation; readonly name: string };

const operations = Object.entries(exported).filter((entry): entry is [string, Exported] => typeof entry[1] === 'function' && 'operation' in entry[1]);
const nameOf = new Map(operations.map(([name, operation]) => [operation as unknown, name]));
/** What may be asked for by name as the divergence of all pairs, neighbours and gradients. */
export const divergences: readonly string[] = operations.filter(([, operation]) => 'divergence' in operation).map(([name]) => name);

const named = (parameters: object): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, nameOf.get(value) ?? value]));

/** The first of several results. */
const mainOf = (result: Tensor | Readonly<Record<string, Tensor>>): Tensor => (Tensor.isTensor(result) ? result : Object.values(result)[0]!);

function resolved(parameters: Given): unknown {
  if (typeof parameters !== 'object' || parameters === null || !('divergence' in parameters)) return parameters;
  const { divergence } = parameters;
  return { ...parameters, divergence: typeof divergence === 'string' ? exported[divergence] : divergence };
}

const pairs = ({ rows }: Shape): number => rows;
const efforts: Readonly<Record<string, Callable['effort']>> = {
  fisherInformation: ({ outcomes }) => outcomes, gram: ({ outcomes }) => outcomes, alphaDivergenceMatrix: pairs, divergenceMatrix: pairs, nearest: pairs, product: pairs, solve: ({ outcomes }) => Math.min(512, outcomes) ** 2, inverseRoot: () => 200,
  chernoffInformation: () => 30, chernoffOrder: () => 30, alphaSpectrum: () => 5,
};

/** A vector in some coordinates has an entry less than there are outcomes. */
function vectorShape(argument: number, shape: Shape, parameters: Given): Shape {
  const isReduced = argument === 1 && typeof parameters === 'object' && (parameters?.coordinates === 'theta' || parameters?.coordinates === 'eta');
  return isReduced ? { ...shape, outcomes: Math.max(1, shape.outcomes - 1) } : shape;
}

const { operation: descent } = dually.mirrorDescent;
const descents: Readonly<Record<string, Callable>> = {
  mirrorDescent: {
    takes: ['distributions', 'distributions'], examples: examplesOf(descent.examples), effort: () => 4,
    call: ([p, targets], parameters) => descend(p, { targets }, parameters),
  },
  'mirrorDescent, linear': {
    takes: ['distributions', 'values'], examples: [{ stepSize: 0.1, steps: 3 }],
    call: ([p, gradient], parameters) => (exported.mirrorDescent as Exported)(p, { kind: 'linear', gradient }, parameters),
  },
  'mirrorDescent, components': {
    takes: ['distributions', 'distributions', 'distributions'], examples: examplesOf(descent.examples), effort: () => 8,
    call: ([p, targets, components], parameters) => descend(p, { targets, components }, parameters),
    shapeOf: (argument, shape) => (argument === 0 ? { ...shape, outcomes: 3 } : argument === 2 ? { ...shape, rows: 3 } : shape),
  },
};

function examplesOf(examples: readonly unknown[] | undefined): Callable['examples'] {
  return (examples ?? [{}]).map((example) => named(example as object));
}

function descend(p: Tensor | undefined, rest: object, parameters: Given): Tensor {
  const { alpha, ...others } = typeof parameters === 'object' ? parameters ?? {} : {};
  return (exported.mirrorDescent as Exported)(p, { kind: 'alphaDivergence', alpha, ...rest }, typeof parameters === 'object' && parameters ? others : parameters);
}

export const callables: Readonly<Record<string, Callable>> = {
  ...Object.fromEntries(operations.map(([name, operation]): [string, Callable] => [name, {
    takes: operation.operation.arguments.map(({ takes }) => (takes === 'values' ? 'values' : 'distributions')),
    examples: examplesOf(operation.operation.examples),
    call: (tensors, parameters) => mainOf(operation(...tensors, resolved(parameters))),
    shapeOf: operation.operation.mostOutcomes === undefined ? vectorShape : (argument, shape) => ({ ...shape, outcomes: widthsOf(operation.operation, shape.outcomes)[argument]! }),
    ...(efforts[name] && { effort: efforts[name] }),
  }])),
  ...descents,
  sumBy: {
    takes: ['distributions'], examples: [{ index: [0], groups: 1 }, { index: [1, 0], groups: 2 }, { index: [1, 0, 6], groups: 9 }, { index: [], groups: 2 }, { index: [2, -1], groups: 3 }],
    call: ([x], parameters) => {
      const { index, ...rest } = (typeof parameters === 'object' && parameters ? parameters : { index: parameters }) as { index: number[] };
      return dually.sumBy(x!, index, rest as { groups: number });
    },
  },
  take: {
    takes: ['distributions'], examples: [{ index: [0] }, { index: [0, 0] }, { index: [1, 0, 6] }, { index: [] }, { index: [-1] }],
    call: ([x], parameters) => dually.take(x!, (typeof parameters === 'object' && parameters ? parameters.index : parameters) as number[]),
  },
};
