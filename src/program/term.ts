import { ShapeError } from '../engine/errors.ts';
import { operators } from './operators.ts';
import type { Program } from './program.ts';
import { trace } from './trace.ts';
import { Value } from './value.ts';

/** A function of numbers that a caller gives, traced once: a program without entries, with errors of the operation. */
export function traceTerm<Name extends string>(
  operation: string, names: readonly Name[], term: (given: Readonly<Record<Name, Value>>) => Value,
): Program {
  const plain = { per: 'row', type: 'single', isWeights: false, isOverSteps: false } as const;
  const inputs = names.map((name) => ({ name, ...plain }));
  const program = trace({
    name: operation, formula: `f(${names.join(', ')})`, inputs, numbers: [], isStep: false,
    program: (given) => ({ term: term(given) }),
  });
  if (program.outputs[0]!.infinite === undefined) return program;
  throw new ShapeError({
    operation, argument: 'term', expected: 'a number', got: 'one that is infinite under a condition',
    remedy: 'Say where it is infinite in the definition.',
  });
}

/** The term in f64. */
export function evaluatorOf(program: Program): (...given: readonly number[]) => number {
  const { inputs, instructions, outputs: [output] } = program;
  const values = new Float64Array(instructions.length);
  return (...given) => {
    instructions.forEach(({ node, operands: [x, y, z] }, at) => {
      if (node.kind === 'constant') values[at] = node.value;
      if (node.kind === 'argument') values[at] = given[inputs.findIndex(({ name }) => name === node.name)]!;
      if (node.kind === 'apply') values[at] = operators[node.operator].evaluate(values[x!]!, values[y!]!, values[z!]!);
    });
    return values[output!.value]!;
  };
}

/** The term of values of another program. */
export function termOf({ instructions, outputs: [output] }: Program, given: Readonly<Record<string, Value>>): Value {
  const values: Value[] = [];
  for (const { node, operands, type } of instructions) {
    const own = operands.map((operand) => values[operand]!);
    const per = own.some((operand) => operand.per === 'entry') ? 'entry' : 'row';
    values.push(node.kind === 'argument' ? given[node.name]! : new Value(node, own, per, type));
  }
  return values[output!.value]!.single();
}
