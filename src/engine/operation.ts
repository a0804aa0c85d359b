import { DomainError, ShapeError, shown } from './errors.ts';
import type { Argument, OperationOn, RecordOn } from './operation-record.ts';
import { taken } from './parameters.ts';
import { has } from './tags.ts';
import { Tensor } from './tensor.ts';

export type { Argument, Axis, Dearness, Operand, RowWriter, Tolerance } from './operation-record.ts';

export type Operation<Parameters = unknown> = OperationOn<Tensor, Parameters>;

/** An operation whose reference, if it states none, follows from its parts. */
export type Composition<Parameters = unknown> = RecordOn<Tensor, Parameters>;

/** Outcomes that a step of a long row goes through, about: a fraction of a millisecond. */
const outcomesPerStep = 2 ** 13;

/** How many turns of a loop over so many outcomes make a step. */
export function turnsPerStep(outcomes: number): number {
  return Math.ceil(outcomesPerStep / Math.max(1, outcomes));
}

/** Takes all steps at once. */
export function finish(steps: Iterable<void> | void): void {
  if (steps) for (const _ of steps);
}

type Named = Pick<Operation<never>, 'name' | 'arguments'>;

/** How a call of the operation reads. */
export function usageOf<Parameters>({ name, usage, arguments: inputs, examples }: Composition<Parameters>): string {
  const names = Object.keys(examples?.[0] ?? {});
  const parameters = names.length > 0 ? [`{ ${names.join(', ')} }`] : [];
  return usage ?? `${name}(${[...inputs.map((argument) => argument.name), ...parameters].join(', ')})`;
}

/** Makes the lazy result of an operation; checks everything that can be known without the data. */
export function apply<Parameters>(operation: Composition<Parameters>, inputs: readonly Tensor[], parameters: Parameters): Tensor {
  operation.arguments.forEach((argument, index) => checkArgument(operation, argument, inputs[index], inputs[0]));
  checkRows(operation, inputs);
  const own = parametersOf(operation, parameters);
  operation.check?.(own, inputs);
  const { shape, form } = operation.result(inputs, own);
  return new Tensor(inputs[0]!.host, shape, form, { kind: 'result', operation: operation as Composition<unknown>, inputs, parameters: own });
}

/** Those of a public operation are the caller's, who may change them later; a step of a composition is given what was copied before. */
function parametersOf<Parameters>(operation: Composition<Parameters>, given: Parameters): Parameters {
  const { name, parameters, options = [] } = operation;
  if (!parameters) return given;
  if (Tensor.isTensor(given)) {
    const { length } = operation.arguments;
    throw new ShapeError({ operation: name, argument: 'parameters', expected: `${length} tensor${length === 1 ? '' : 's'}`, got: 'one more', remedy: `Call it as ${usageOf(operation)}.` });
  }
  return taken(name, 'parameters', given as Parameters & object, [...parameters, ...options]);
}

let isInner = false;

/** Makes the steps of a composition, for a run that holds its inputs although they may be disposed of by now. */
export function composing<T>(make: () => T): T {
  const before = isInner;
  isInner = true;
  try {
    return make();
  } finally {
    isInner = before;
  }
}

function checkArgument(operation: Named, argument: Argument, input: unknown, first: unknown): void {
  const at = { operation: operation.name, argument: argument.name };
  if (!Tensor.isTensor(input)) {
    if (isForeign(input)) throw new ShapeError({ ...at, expected: 'a tensor', got: 'a tensor of another copy of dually, or a proxy of one', remedy: 'Have the project install and import one copy (npm ls dually), and keep tensors out of state that is made of proxies.' });
    const isPromise = has(input, 'then');
    throw new ShapeError({ ...at, expected: 'a tensor', got: isPromise ? 'a promise' : shown(input), remedy: isPromise ? 'Await it first.' : 'Wrap the data with engine.rows() or engine.values() first.' });
  }
  if (input.disposed && !isInner) {
    throw new DomainError({ ...at, expected: 'a live tensor', got: 'a disposed one', remedy: 'Dispose of a tensor only after its last use.' });
  }
  if (input.host !== (first as Tensor).host) {
    throw new DomainError({ ...at, expected: 'tensors of one engine', got: 'a tensor of another engine', remedy: 'Read it there and wrap the numbers with this engine.' });
  }
  const isValues = input.form === 'values';
  if ((argument.takes === 'values' && !isValues) || (argument.takes === 'distributions' && isValues)) {
    const [expected, remedy] = isValues
      ? ['rows of distributions', 'Wrap distributions with engine.rows().']
      : ['real vectors', 'Wrap vectors with engine.values().'];
    throw new ShapeError({ ...at, expected, got: `a tensor of form '${input.form}'`, remedy });
  }
}

/** Whether it is a tensor for another copy of this module, in a page that has two of them, or would be if it were no proxy. */
function isForeign(input: unknown): boolean {
  return has(input, 'host', 'shape', 'form', 'origin');
}

function checkRows(operation: Named, inputs: readonly Tensor[]): void {
  const batch = batchSize(operation, inputs);
  operation.arguments.forEach((argument, index) => {
    const { rows } = inputs[index]!;
    if (argument.axis !== 'rows' || rows === batch || rows === 1) return;
    throw new ShapeError({
      operation: operation.name, argument: argument.name, expected: `${batch} rows, or one row for all`, got: `${rows} rows`,
      remedy: 'Give every argument the same number of rows.',
    });
  });
}

/** Rows of the result: those of the first argument along 'rows' that is not a single row. */
export function batchSize(operation: Pick<Named, 'arguments'>, inputs: readonly Tensor[]): number {
  const along = inputs.filter((_, index) => operation.arguments[index]!.axis === 'rows').map((input) => input.rows);
  return along.find((rows) => rows !== 1) ?? along[0] ?? 1;
}

/** Throws unless two arguments have the same number of outcomes. */
export function checkOutcomes(operation: string, argument: string, input: Tensor, expected: number): void {
  if (input.width === expected) return;
  throw new ShapeError({ operation, argument, expected: `${expected} outcomes a row`, got: `${input.width}`, remedy: 'Both arguments describe the same outcomes.' });
}

/** Throws unless a parameter is a finite number. */
export function checkFinite(operation: string, argument: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value)) return;
  throw new DomainError({ operation, argument, expected: 'a finite number', got: shown(value), remedy: `Pass { ${argument}: … } as a real number.` });
}

/** Throws unless a parameter is one of a few names. */
export function checkChoice(operation: string, argument: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === 'string' && choices.includes(value)) return;
  throw new DomainError({ operation, argument, expected: choices.map(shown).join(' or '), got: shown(value), remedy: 'Choose one of these.' });
}
