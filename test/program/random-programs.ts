/** Random row programs whose numbers are quarters between −100 and 100, so that every executor has them exactly. */
import fc from 'fast-check';
import type { Returned, Values } from '../../src/program/trace.ts';
import { entryIndex, outcomes, type Value } from '../../src/program/value.ts';

/** What is done to values that are there, by number: an operation, and the places of its operands. */
export type Recipe = readonly (readonly [operation: number, x: number, y: number, condition: number])[];
export const recipes: fc.Arbitrary<Recipe> = fc.array(fc.tuple(fc.nat(20), fc.nat(), fc.nat(), fc.nat()), {
  minLength: 1,
  maxLength: 20,
});

/** Numbers of f32 stay exact; of products of doubles too. */
function bounded(x: Value): Value {
  const coarse = x.times(4).floor().times(0.25).atLeast(-100).atMost(100);
  return x.type === 'double' ? coarse.double() : coarse;
}

/** The last values that a recipe makes of those of a program: two for each row and two for each entry, one of them infinite here and there. */
export function made(recipe: Recipe, values: Values, { step }: Values): Returned {
  const { weights, shared } = values;
  const numbers = [...Object.values(values), step!, entryIndex(), outcomes()];
  const conditions = [weights!.isGreater(0), step!.isLess(0)];
  for (const [operation, i, j, c] of recipe) {
    const [x, y, condition] = [
      numbers[i % numbers.length]!,
      numbers[j % numbers.length]!,
      conditions[c % conditions.length]!,
    ];
    const entries = x.per === 'entry' ? x : weights!.times(x);
    const operations: readonly (() => Value)[] = [
      () => x.plus(y),
      () => x.minus(y),
      () => x.times(y),
      () => x.atMost(y),
      () => x.atLeast(y),
      () => x.negated(),
      () => x.absolute(),
      () => condition.select(x, y),
      () => x.double(),
      () => x.plus(-1.5).as('some value'),
      () => x.over(0),
      () => entries.sum(),
      () => entries.max(),
      () => entries.argmax(),
      () => shared!.at(entries.argmax()),
      () => x.isLess(y),
      () => x.isAtMost(0),
      () => x.equals(y),
      () => condition.and(x.isGreater(y)),
      () => condition.or(x.equals(0)),
      () => condition.not(),
    ];
    const value = operations[operation]!();
    if (value.type === 'condition') conditions.push(value);
    else numbers.push(bounded(value));
  }
  const ofRows = conditions.filter(({ per }) => per === 'row');
  const last = (per: Value['per']): Value[] => numbers.filter((value) => value.per === per).slice(-2);
  return {
    ...Object.fromEntries(last('row').map((value, at) => [`row${at}`, value])),
    ...Object.fromEntries(last('entry').map((value, at) => [`entry${at}`, value])),
    infinite: last('entry')[0]!.infiniteWhere(conditions.at(-1)!),
    infiniteRow: last('row')[0]!.infiniteWhere(ofRows.at(-1)!),
  };
}
