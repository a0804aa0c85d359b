/** Random programs for the laws of the trace, of its schedule and of the interpreter. */
import fc from 'fast-check';
import type { Input, Program } from '../../src/program/program.ts';
import { trace, type Returned, type Values } from '../../src/program/trace.ts';
import { entryIndex, outcomes, type Value } from '../../src/program/value.ts';

const input = (name: string, per: Input['per'] = 'entry'): Input =>
  ({ name, per, type: 'single', isWeights: false, isOverSteps: false });
export const inputs: readonly Input[] = [input('x'), input('y'), input('r', 'row')];

export function traced(program: (values: Values, numbers: Values) => Returned, isStep = false): Program {
  return trace({ name: 'example', formula: 'f', inputs, numbers: ['n'], program, isStep });
}

/** What is done to values that are there, by number: an operation, and the places of its operands. */
export type Recipe = readonly (readonly [operation: number, x: number, y: number])[];
export const recipes: fc.Arbitrary<Recipe> =
  fc.array(fc.tuple(fc.nat(11), fc.nat(), fc.nat()), { minLength: 1, maxLength: 25 });

/** The last two values for each row that a recipe makes, and the last two for each entry. */
export function cooked(recipe: Recipe, { x, y, r }: Values, { n }: Values): Record<string, Value> {
  const made = [x!, y!, r!, n!, entryIndex(), outcomes()];
  for (const [operation, i, j] of recipe) {
    const [a, b] = [made[i % made.length]!, made[j % made.length]!];
    const entries = a.per === 'entry' ? a : x!.times(a);
    const operations = [
      () => a.plus(b), () => a.minus(b), () => a.times(b), () => a.over(b), () => a.atMost(b), () => a.exp(),
      () => a.isLess(b).select(a, b), () => a.squared().sqrt(),
      () => entries.sum(), () => entries.max(), () => entries.argmax(), () => y!.at(entries.argmax()),
    ];
    made.push(operations[operation]!().atMost(1e6).atLeast(-1e6));
  }
  return Object.fromEntries((['row', 'entry'] as const).flatMap((per) =>
    made.filter((value) => value.per === per).slice(-2).map((value, at) => [`${per}${at}`, value])));
}
