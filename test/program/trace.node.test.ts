import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { Returned, Values } from '../../src/program/trace.ts';
import { entryIndex, type Value } from '../../src/program/value.ts';
import { expectFailure } from '../failure.ts';
import { cooked, recipes, traced } from './recipes.ts';

test('what is done twice is noted once, and what is not returned is not noted', () => {
  fc.assert(fc.property(recipes, (recipe) => {
    const once = traced((values, numbers) => cooked(recipe, values, numbers));
    const twice = traced((values, numbers) => {
      const again = Object.entries(cooked(recipe, values, numbers)).map(([name, value]) => [`${name} again`, value]);
      return { ...cooked(recipe, values, numbers), ...Object.fromEntries(again) as Values };
    });
    const results = once.outputs.map(({ value }) => value);
    expect(twice.instructions).toEqual(once.instructions);
    expect(twice.outputs.map(({ value }) => value)).toEqual([...results, ...results]);
    const used = new Set([...once.instructions.flatMap(({ operands }) => operands), ...results]);
    expect(used.size).toBe(once.instructions.length);
    expect(once.instructions.every(({ operands }, at) => operands.every((operand) => operand < at))).toBe(true);
  }));
});

test('values keep the first name that they are given', () => {
  const { instructions } = traced(({ x }) => ({ a: x!.exp(), b: x!.exp().as('power'), c: x!.exp().as('growth') }));
  expect(instructions.map(({ name }) => name)).toEqual([undefined, 'power']);
});

type Wrong = (values: Values, numbers: Values) => unknown;
const elsewhere: Value[] = [];
traced(({ x }) => (elsewhere[0] = x!));

/** What is wrong, and what the error says of it: the argument, and what it got. */
const shapes: readonly (readonly [string, Wrong, argument: string, got: string])[] = [
  ['an unknown argument', ({ z }) => z, 'z', 'the unknown argument "z"'],
  ['an unknown number', (_, { constructor }) => constructor, 'constructor', 'the unknown number "constructor"'],
  ['nothing as the result', () => undefined, 'program', 'undefined'],
  ['an empty record', () => ({}), 'program', 'a value of type Object'],
  ['a number as the result', () => 5, 'program', '5'],
  ['a number among the results', ({ x }) => ({ a: x, b: 5 }), 'b', '5'],
  ['a condition as a result', ({ x }) => ({ sign: x!.isLess(0) }), 'sign', 'a condition'],
  [
    'computing with the infinite', ({ x }) => x!.infiniteWhere(x!.isLess(0)).as('barrier').plus(1),
    'barrier', 'an infinite number that more is computed with',
  ],
];
const domains: typeof shapes = [
  ['NaN as an operand', ({ x }) => x!.over(Number.NaN), 'divide', 'NaN'],
  ['a missing operand', ({ x }) => x!.plus(undefined as unknown as Value), 'add', 'undefined'],
  ['a condition as a number', ({ x }) => x!.plus(x!.isLess(0).as('below')), 'below', 'a condition of each entry'],
  ['a number as a condition', ({ x, y }) => x!.select(1, y!), 'x', 'a number of each entry'],
  ['the sum of a number of the row', ({ r }) => r!.sum(), 'r', 'a number of each row'],
  ['the greatest of conditions', ({ x }) => x!.isLess(0).max(), 'max', 'a condition of each entry'],
  ['an index of each entry', ({ x }) => x!.at(entryIndex().as('place')), 'place', 'a number of each entry'],
  ['the entry of no argument', ({ x, r }) => x!.exp().as('power').at(r!), 'power', 'a number of each entry'],
  ['infinite by a number', ({ x }) => x!.infiniteWhere(x!), 'x', 'a number of each entry'],
  [
    'a number of the row, infinite by entries', ({ x, r }) => r!.infiniteWhere(x!.isLess(0)),
    'infiniteWhere', 'a condition of each entry',
  ],
  ['a value of another program', ({ y }) => y!.plus(elsewhere[0]!), 'x', 'the argument "x" of another'],
];

describe('a mistake in a program is an error of its name', () => {
  test.each(shapes)('%s', async (_, program, argument, got) => {
    const work = (): unknown => traced(program as () => Returned);
    await expectFailure(work, ShapeError, 'shape', { operation: 'example', argument, got });
  });

  test.each(domains)('%s', async (_, program, argument, got) => {
    const work = (): unknown => traced(program as () => Returned);
    await expectFailure(work, DomainError, 'domain', { operation: 'example', argument, got });
  });

  test.each([
    ['another shape', ({ x }: Values) => ({ x: x!.sum() }), 'x', 'single per row'],
    ['no input of its name', ({ x }: Values) => ({ z: x! }), 'z', 'single per entry'],
  ] as const)('the next state has %s', async (_, program, argument, got) => {
    await expectFailure(() => traced(program, true), ShapeError, 'shape', { operation: 'example', argument, got });
  });
});
