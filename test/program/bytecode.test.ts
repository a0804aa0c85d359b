import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/program/compile.ts';
import { columnsOf, fieldsOf, type Input, type Prepared } from '../../src/program/program.ts';
import { tilt } from '../../src/program/tilt.ts';
import { trace, type Returned, type Values } from '../../src/program/trace.ts';
import { entryIndex, outcomes as outcomesOfRow, valueOf, type Value } from '../../src/program/value.ts';
import { interpret, run, type Rows } from './machine.ts';

function prepare(
  inputs: readonly Input[],
  outcomes: number,
  numbers: Readonly<Record<string, number>>,
  program: (values: Values, numbers: Values) => Returned,
  widths = {},
): Prepared {
  const traced = trace({ name: 'test', formula: '', inputs, numbers: Object.keys(numbers), program, isStep: false });
  return { program: traced, outcomes, numbers, fields: fieldsOf(traced, outcomes, widths) };
}

const input = (name: string, rest: Partial<Input> = {}): Input => ({
  name,
  per: 'entry',
  type: 'single',
  isWeights: false,
  isOverSteps: false,
  ...rest,
});

const inputs = [
  input('p', { isWeights: true }),
  input('x'),
  input('y', { type: 'double' }),
  input('shared'),
  input('short'),
  input('level', { per: 'row' }),
] as const;

/** Values of size 8 at most, of which errors stay small: [how it is made, from which values before]. */
type Choice = readonly [kind: number, x: number, y: number, z: number];

const unary: readonly ((x: Value) => Value)[] = [
  (x) => x.times(0.2).exp(),
  (x) => x.times(0.2).expm1(),
  (x) => x.absolute().plus(0.01).log(),
  (x) => x.absolute().log1p(),
  (x) => x.times(0.2).exprel(),
  (x) => x.absolute().log1prel(),
  (x) => x.sin(),
  (x) => x.cos(),
  (x) => x.sinc(),
  (x) => x.times(0.125).asin(),
  (x) => x.absolute().plus(0.5).digamma(),
  (x) => x.absolute().sqrt(),
  (x) => x.negated(),
  (x) => x.squared().times(0.125),
  (x) => x.over(3),
  (x) => x.double(),
  (x) => x.single(),
  (x) => x.absolute().plus(0.1).logDouble(),
];
const binary: readonly ((x: Value, y: Value) => Value)[] = [
  (x, y) => x.plus(y).times(0.5),
  (x, y) => x.minus(y).times(0.5),
  (x, y) => x.times(0.5).plus(y.times(0.5)),
  (x, y) => y.minus(x.times(y).times(0.1)).times(0.5),
  (x, y) => x.times(y).times(0.125),
  (x, y) => x.over(y.absolute().plus(1)),
  (x, y) => x.atMost(y),
  (x, y) => x.atLeast(y),
  (x, y) => x.absolute().plus(0.1).logRatio(y.absolute().plus(0.1)),
  (x, y) => x.absolute().weigh(y.times(0.1).minus(20)),
];
/** Reductions and comparisons are of given numbers, so that roundings cannot change what they choose. */
const chosen: readonly ((x: Value, y: Value, given: readonly Value[]) => Value)[] = [
  (x, y, [p, q]) =>
    p!
      .isLess(q!)
      .and(p!.isAtMost(0.3).or(q!.equals(0).not()))
      .select(x, y),
  (x, _, [p, q]) => q!.isGreater(p!).select(x, 1),
  (x) => x.sum().over(outcomesOfRow()),
  (x, y) => x.times(y).sum().over(outcomesOfRow()).times(0.125),
  (x) => x.max(),
  (_, __, [p]) => p!.argmax().over(outcomesOfRow()),
  (_, __, [p]) => p!.isLess(0.5).count().over(outcomesOfRow()),
  (_, __, [p, q]) => q!.at(p!.argmax()),
  (x) => x.plus(entryIndex().over(outcomesOfRow())).times(0.5),
  (x, _, [p]) => x.plus(p!.logOfBinade().over(100).atLeast(-1)),
  (_, __, [p]) => p!.times(2).floor(),
  (_, __, [, q]) => q!.at(valueOf(1)),
  (_, __, [, q, level]) => q!.times(level!).plus(level!).times(0.1),
  (x, _, [p, , level]) => p!.minus(level!).plus(x).times(0.3),
  (x, _, [p]) => x.max().minus(x).plus(p!).times(0.3),
];

function grow(values: Values, numbers: Values, choices: readonly Choice[]): Value[] {
  const given = [values['p']!, values['x']!, values['shared']!, values['short']!];
  const pool = [...given, values['y']!, values['level']!, numbers['scale']!, valueOf(0.7)];
  for (const [kind, x, y, z] of choices) {
    const pick = (at: number): Value => pool[pool.length - 1 - (at % pool.length)]!;
    const all = [...unary, ...binary, ...chosen];
    const make = all[kind % all.length]!;
    const two = [given[z % 4]!, given[(z >> 2) % 4]!, values['level']!];
    const ofEntries = (value: Value): Value => (value.per === 'entry' ? value : value.plus(values['x']!).times(0.5));
    const made = make(kind % all.length >= unary.length + binary.length ? ofEntries(pick(x)) : pick(x), pick(y), two);
    if (made.type !== 'condition') pool.push(made);
  }
  return pool;
}

/** The numbers of a result, with the parts of doubles added up. */
function valuesIn({ fields }: Prepared, result: ArrayLike<number>): number[] {
  const columns = fields.reduce((sum, field) => sum + columnsOf(field), 0);
  return Array.from({ length: result.length / columns }, (_, row) =>
    fields.flatMap(({ from, width, isDouble }) =>
      Array.from(
        { length: width },
        (__, k) => result[row * columns + from + k]! + (isDouble ? result[row * columns + from + width + k]! : 0),
      ),
    ),
  ).flat();
}

const random =
  (seed: number): (() => number) =>
  () =>
    (seed = (seed * 16807 + 11) % 2147483647) / 2147483647;

test('random programs give what the interpreter gives', () => {
  const choice = fc.tuple(fc.nat(1000), fc.nat(30), fc.nat(30), fc.nat(15));
  fc.assert(
    fc.property(
      fc.array(choice, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 1, max: 140 }),
      fc.nat(),
      (choices, size, rows, seed) => {
        const outcomes = seed % 3 ? size : 1 + (size % 40);
        const batch = Math.max(1, Math.min(rows, Math.ceil(3000 / outcomes)));
        const widths = { third: 1 + (seed % outcomes) };
        const prepared = prepare(
          inputs,
          outcomes,
          { scale: 0.3 },
          (values, numbers) => {
            const pool = grow(values, numbers, choices);
            const last = (back: number): Value => pool.at(-1 - back)!;
            const entries = (value: Value): Value => (value.per === 'entry' ? value : value.plus(values['shared']!));
            return {
              first: last(0),
              second: last(1),
              third: entries(last(2)).double(),
              fourth: last(3).infiniteWhere(
                values['x']!.per === last(3).per ? values['x']!.isLess(-3.5) : values['level']!.isLess(-3),
              ),
            };
          },
          widths,
        );
        const next = random(1 + seed);
        const rowsOf = (of: number, width: number, number: () => number): Rows => ({
          rows: of,
          width,
          data: Float32Array.from({ length: of * width }, number),
        });
        const between = (): number => 8 * next() - 4;
        const doubles = rowsOf(batch, 2 * outcomes, between);
        doubles.data.forEach((x, at) => {
          if (Math.floor(at / outcomes) % 2) doubles.data[at] = x * 2 ** -24;
        });
        const data = [
          rowsOf(batch, outcomes, () => (next() < 0.1 ? -0 : next())),
          rowsOf(batch, outcomes, between),
          doubles,
          rowsOf(1, outcomes, between),
          rowsOf(batch, Math.ceil(outcomes / 2), between),
          rowsOf(batch, 1, between),
        ];
        const got = valuesIn(prepared, run(prepared, batch, data));
        valuesIn(prepared, interpret(prepared, batch, data)).forEach((expected, at) => {
          const error = Math.abs(got[at]! - expected);
          if (!(Object.is(got[at], expected) || error <= 2 ** -24 * Math.abs(expected) + 1e-10))
            expect([at, got[at]]).toEqual([at, expected]);
        });
      },
    ),
    { numRuns: 300 },
  );
});

test('sweeps for the other side of a choice are made where a row takes it', () => {
  const variance = (x: Value, n: Value): Value => x.minus(x.sum().over(n)).squared().sum().over(n);
  const program = ({ p, x }: Values): Returned => {
    const [mass, mean] = [p!.sum().as('mass'), x!.sum().over(outcomesOfRow())];
    return mass.isLess(0.5).select(mean, variance(x!.plus(mass), outcomesOfRow()));
  };
  for (const [outcomes, batch] of [[3, 5], [40, 200], [64, 7], [600, 9]] as const) {
    const prepared = prepare([input('p', { isWeights: true }), input('x')], outcomes, {}, program);
    const operations = compile(prepared.program).sections.flat().map(({ operation }) => operation);
    expect(operations).toContain('settle');
    const next = random(outcomes);
    const settled = Array.from({ length: batch }, () => next() < 0.6);
    const data = [0, 1].map((which): Rows => ({
      rows: batch, width: outcomes,
      data: Float32Array.from({ length: batch * outcomes }, (_, at) => {
        const isLight = which === 0 && settled[Math.floor(at / outcomes)]!;
        return isLight ? 0.4 / outcomes : next();
      }),
    }));
    const expected = interpret(prepared, batch, data);
    run(prepared, batch, data).forEach((got, row) => {
      expect(Math.abs(got - expected[row]!)).toBeLessThanOrEqual(2 ** -23 * Math.abs(expected[row]!));
    });
  }
});

test.each([1, 2, 5, 32, 33, 255, 256, 257, 1000])(
  'a tilt of %i outcomes, of weights and exponents of any size',
  (outcomes) => {
    const prepared = prepare(
      [input('p', { isWeights: true }), input('gradient')],
      outcomes,
      { stepSize: 0.3 },
      ({ p, gradient }, { stepSize }) => tilt(p!, gradient!.times(stepSize!.negated())),
    );
    const next = random(outcomes);
    const data = [
      {
        rows: 67,
        width: outcomes,
        data: Float32Array.from({ length: 67 * outcomes }, () => (next() < 0.2 ? 0 : 10 ** (-44 * next()))),
      },
      {
        rows: 67,
        width: outcomes,
        data: Float32Array.from({ length: 67 * outcomes }, () => (next() - 0.5) * 10 ** (4 * next())),
      },
    ];
    const got = run(prepared, 67, data);
    interpret(prepared, 67, data).forEach((expected, at) =>
      expect(Math.abs(got[at]! - expected), `${at}`).toBeLessThanOrEqual(2 ** -24 * 1.001 * expected + 2 ** -150),
    );
  },
);
