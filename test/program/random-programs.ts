/** Random row programs whose values are whole numbers or quarters of them, so that every executor has them exactly. */
import fc from 'fast-check';
import { entryIndex, outcomes, type Value } from '../../src/program/value.ts';
import type { Values } from '../../src/program/trace.ts';

/** A number, or a condition, as a tree of operators. */
export interface Tree {
  readonly operator: string;
  readonly operands: readonly Tree[];
  readonly constant?: number;
}

const leaves = ['weights', 'values', 'shorter', 'double', 'ofRow', 'step', 'index', 'outcomes', 'constant', 'at'] as const;
const unary = ['negated', 'absolute', 'floor', 'half', 'double', 'single', 'sum', 'max', 'argmax', 'named'] as const;
const binary = ['plus', 'minus', 'times', 'atMost', 'atLeast', 'select'] as const;
const comparisons = ['isLess', 'isAtMost', 'isGreater', 'equals'] as const;

const { number, condition } = fc.letrec<{ number: Tree; condition: Tree }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'program' },
    fc.record({ operator: fc.constantFrom(...leaves), operands: fc.constant([]), constant: fc.integer({ min: -4, max: 4 }) }),
    fc.record({ operator: fc.constantFrom(...unary), operands: fc.tuple(tie('number')) }),
    fc.record({ operator: fc.constantFrom(...binary), operands: fc.tuple(tie('number'), tie('number'), tie('condition')) }),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'program' },
    fc.record({ operator: fc.constantFrom(...comparisons), operands: fc.tuple(tie('number'), tie('number')) }),
    fc.record({ operator: fc.constantFrom('and', 'or', 'not'), operands: fc.tuple(tie('condition'), tie('condition')) }),
  ),
}));

/** One to three results, some of them infinite under a condition. */
export const trees: fc.Arbitrary<[value: Tree, infinite: Tree | null][]> = fc.array(fc.tuple(number, fc.option(condition)), { minLength: 1, maxLength: 3 });

/** What a tree says, of the values of a program. */
export function build({ operator, operands, constant = 0 }: Tree, values: Values, step: Value): Value {
  const [x, y, z] = operands.map((operand) => build(operand, values, step));
  switch (operator) {
    case 'weights': case 'values': case 'shorter': case 'ofRow': return values[operator]!;
    case 'step': return step;
    case 'index': return entryIndex();
    case 'outcomes': return outcomes();
    case 'constant': return outcomes().times(0).plus(constant);
    case 'at': return values['values']!.at(values['weights']!.argmax());
    case 'half': return x!.times(0.5);
    case 'double': return x ? x.double() : values['double']!;
    case 'named': return x!.as('some value');
    case 'sum': case 'max': case 'argmax': return x!.per === 'row' ? x! : bounded(x![operator]());
    case 'select': return z!.select(x!, y!);
    case 'not': return x!.not();
    case 'and': case 'or': return x![operator](y!);
    default: return bounded((x as unknown as Record<string, (y: Value | undefined) => Value>)[operator]!(y));
  }
}

/** Numbers that stay so small and so coarse that f32 has them. */
function bounded(x: Value): Value {
  if (x.type === 'condition') return x;
  const coarse = x.times(4).floor().times(0.25).atLeast(-100).atMost(100);
  return x.type === 'double' ? coarse.double() : coarse;
}
