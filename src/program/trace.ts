import { ShapeError, shown } from '../engine/errors.ts';
import { active, type Input, type Instruction, type Output, type Program } from './program.ts';
import { Value } from './value.ts';

export type Values = Readonly<Record<string, Value>>;

/** What a program returns: one value, or several by name. */
export type Returned = Value | Values;

export interface Traced {
  readonly name: string;
  readonly formula: string;
  readonly inputs: readonly Input[];
  readonly numbers: readonly string[];
  readonly program: (values: Values, numbers: Values) => Returned;
  readonly isStep: boolean;
}

/** Runs a program once on symbols and notes what it does to them; what is done twice is noted once. */
export function trace({ name, formula, inputs, numbers, program, isStep }: Traced): Program {
  const instructions: Instruction[] = [];
  const places = new Map<string, number>();
  const known = new Map<Value, number>();
  const place = (value: Value): number => {
    if (known.has(value)) return known.get(value)!;
    const { node, per, type } = value;
    const operands = value.operands.map(place);
    const key = JSON.stringify([node, operands]);
    if (!places.has(key)) places.set(key, instructions.push({ node, operands, per, type, ...(value.name && { name: value.name }) }) - 1);
    known.set(value, places.get(key)!);
    return places.get(key)!;
  };
  const symbols = Object.fromEntries(inputs.map((input) => [input.name, new Value({ kind: 'argument', name: input.name }, [], input.per, input.type)]));
  const given = Object.fromEntries(numbers.map((number) => [number, new Value({ kind: 'number', name: number }, [], 'row')]));
  const returned = program(named(name, 'argument', symbols), named(name, 'number', given));
  const several = returned instanceof Value ? { result: returned } : returned;
  const outputs = Object.entries(several).map(([output, value]): Output => {
    if (!(value instanceof Value)) throw wrongOutput(name, output, shown(value));
    if (value.type === 'condition') throw wrongOutput(name, output, 'a condition');
    const [of, condition] = value.node.kind === 'infinite' ? [value.operands[0]!, value.operands[1]!] : [value];
    return { name: output, value: place(of), ...(condition && { infinite: place(condition) }) };
  });
  const inner = instructions.find(({ node }) => node.kind === 'infinite');
  if (inner) throw wrongOutput(name, inner.name ?? 'infiniteWhere', 'an infinite number that more is computed with');
  const traced: Program = { name, formula, inputs, numbers, instructions, outputs, isStep };
  if (isStep) checkState(traced);
  return traced;
}

/** Throws where the next state has another shape than the state. */
function checkState({ name, inputs, instructions, outputs }: Program): void {
  for (const output of outputs) {
    const { per, type } = instructions[output.value]!;
    const state = inputs.find((input) => input.name === output.name && !input.isOverSteps);
    const expected = output.name === active ? 'single per row' : state && `${state.type} per ${state.per}`;
    const got = `${type} per ${per}`;
    if (expected === got) continue;
    throw new ShapeError({
      operation: name, argument: output.name, expected: expected ? `the next state as it was, ${expected}` : 'the name of an input, whose next value it is',
      got, remedy: 'Give each part of the state back in the shape that it came in.',
    });
  }
}

function wrongOutput(operation: string, argument: string, got: string): ShapeError {
  return new ShapeError({ operation, argument, expected: 'numbers as the results of a row program', got, remedy: 'Return a value, or several by name.' });
}

/** The values by name; a name that is not there is refused. */
function named(operation: string, kind: string, values: Values): Values {
  return new Proxy(values, {
    get(target, key) {
      if (typeof key === 'symbol' || key in target) return target[key as string];
      throw new ShapeError({
        operation, argument: key, expected: `a name of ${Object.keys(target).map(shown).join(', ') || 'nothing'}`,
        got: `the unknown ${kind} ${shown(key)}`, remedy: 'State it in the record, or mend the name.',
      });
    },
  });
}
