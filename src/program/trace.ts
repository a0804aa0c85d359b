import { DomainError, DuallyError, ShapeError, shown } from '../engine/errors.ts';
import { operators } from './operators.ts';
import { active, type Input, type Instruction, type Output, type Program } from './program.ts';
import { untraced, Value, type Node, type Per } from './value.ts';
import type { ValueType } from './wgsl-operators.ts';

export type Values = Readonly<Record<string, Value>>;

/** What a program returns: one value, or several by name. */
export type Returned = Value | Values;

type Several = readonly (readonly [string, Value])[];

export interface Traced {
  readonly name: string;
  readonly formula?: string | undefined;
  readonly inputs: readonly Input[];
  readonly numbers: readonly string[];
  readonly program: (values: Values, numbers: Values) => Returned;
  readonly isStep: boolean;
}

/** Runs a program once on symbols and notes what it does to them; what is done twice is noted once. */
export function trace({ name, formula, inputs, numbers, program, isStep }: Traced): Program {
  const symbolOf = (kind: 'argument' | 'number', symbol: string, per: Per, type?: ValueType): [string, Value] =>
    [symbol, new Value({ kind, name: symbol }, [], per, type)];
  const symbols = Object.fromEntries(inputs.map((input) => symbolOf('argument', input.name, input.per, input.type)));
  const given = Object.fromEntries(numbers.map((number) => symbolOf('number', number, 'row')));
  const instructions: Instruction[] = [];
  const noted = new Map<string, number>();
  const known = new Map<Value, number>();
  const place = (value: Value): number => {
    if (known.has(value)) return known.get(value)!;
    const { per, type, name: label } = value;
    checkOrigin(name, value, { argument: symbols, number: given });
    const places = value.operands.map(place);
    const node = folded(value, places.map((operand) => instructions[operand]!.node));
    const operands = node === value.node ? places : [];
    const exactly = (_: string, part: unknown): unknown => (typeof part === 'number' ? String(part) : part);
    const key = JSON.stringify([node, type, operands], exactly);
    const at = noted.get(key) ?? instructions.push({ node, operands, per, type }) - 1;
    if (label !== undefined) instructions[at] = { name: label, ...instructions[at]! }; // the first name that it has
    noted.set(key, at);
    known.set(value, at);
    return at;
  };
  const returned = returnedBy(name, () => program(named(name, 'argument', symbols), named(name, 'number', given)));
  const outputs = (isStep ? staying(returned, symbols) : returned).map(([output, value]): Output => {
    const [of, condition] = value.node.kind === 'infinite' ? [value.operands[0]!, value.operands[1]!] : [value];
    return { name: output, value: place(of), ...(condition && { infinite: place(condition) }) };
  });
  const inner = instructions.find(({ node }) => node.kind === 'infinite');
  if (inner) throw wrongOutput(name, inner.name ?? 'infiniteWhere', 'an infinite number that more is computed with');
  const traced: Program = { name, formula, inputs, numbers, instructions, outputs, isStep };
  if (isStep) checkState(traced);
  return traced;
}

/** Numbers that are the same in every call are made constants here, in f64: WGSL refuses constants that overflow. */
function folded({ node, type }: Value, operands: readonly Node[]): Node {
  const [x, y, z] = operands.map((operand) => (operand.kind === 'constant' ? operand.value : undefined));
  if (node.kind !== 'apply' || type === 'condition' || operands.some(({ kind }) => kind !== 'constant')) return node;
  return { kind: 'constant', value: operators[node.operator].evaluate(x!, y!, z!) };
}

/** The next state of rows that go on; others keep theirs. */
function staying(returned: Several, state: Values): Several {
  const goesOn = returned.some(([output]) => output === active) ? state[active]?.isGreater(0) : undefined;
  const next = (output: string, value: Value): Value =>
    (goesOn && state[output] ? goesOn.select(value, state[output]) : value);
  return returned.map(([output, value]) => [output, next(output, value)]);
}

/** Throws where the next state has another shape than the state, or an entry is taken of a state that others write. */
function checkState({ name, inputs, instructions, outputs }: Program): void {
  for (const output of outputs) {
    const { per, type } = instructions[output.value]!;
    const state = inputs.find((input) => input.name === output.name && !input.isOverSteps);
    const expected = state && `${state.type} per ${state.per}`;
    const got = `${type} per ${per}`;
    if (expected === got) continue;
    throw new ShapeError({
      operation: name, argument: output.name, got,
      expected: expected ? `the next state as it was, ${expected}` : 'the name of an input, whose next value it is',
      remedy: 'Give each part of the state back in the shape that it came in.',
    });
  }
  for (const { node, operands: [of] } of instructions) {
    const argument = node.kind === 'at' ? (instructions[of!]!.node as { readonly name: string }).name : undefined;
    if (!outputs.some((output) => output.name === argument)) continue;
    throw new ShapeError({
      operation: name, argument: argument!, expected: 'entries by index of what stays the same',
      got: 'an entry of the state', remedy: 'Take sums or maxima of the state instead.',
    });
  }
}

/** What a program returns by name: one value is the result. Errors that it throws get to know whose they are. */
function returnedBy(operation: string, program: () => Returned): Several {
  try {
    const returned: unknown = program();
    const several = Object.entries(returned instanceof Value ? { result: returned } : returned ?? {});
    if (several.length === 0) throw wrongOutput(operation, 'program', shown(returned));
    for (const [output, value] of several) {
      if (!(value instanceof Value)) throw wrongOutput(operation, output, shown(value));
      if (value.type === 'condition') throw wrongOutput(operation, output, 'a condition');
    }
    return several as Several;
  } catch (error) {
    throw error instanceof DuallyError && error.operation === untraced ? error.inOperation(operation) : error;
  }
}

/** Throws where a value is an argument or a number of another program. */
function checkOrigin(operation: string, value: Value, own: Readonly<Record<'argument' | 'number', Values>>): void {
  const { node } = value;
  if ((node.kind !== 'argument' && node.kind !== 'number') || own[node.kind][node.name] === value) return;
  throw new DomainError({
    operation, argument: node.name, expected: 'values of this program',
    got: `the ${node.kind} ${shown(node.name)} of another`, remedy: 'Compute with what the program is given.',
  });
}

function wrongOutput(operation: string, argument: string, got: string): ShapeError {
  return new ShapeError({
    operation, argument, expected: 'numbers as the results of a row program', got,
    remedy: 'Return a value, or several by name.',
  });
}

/** The values by name; a name that is not there is refused. */
function named(operation: string, kind: string, values: Values): Values {
  return new Proxy(values, {
    get(target, key) {
      if (typeof key === 'symbol' || Object.hasOwn(target, key)) return target[key as string];
      throw new ShapeError({
        operation, argument: key, expected: `a name of ${Object.keys(target).map(shown).join(', ') || 'nothing'}`,
        got: `the unknown ${kind} ${shown(key)}`, remedy: 'State it in the record, or mend the name.',
      });
    },
  });
}
