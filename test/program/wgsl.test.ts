import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { apply } from '../../src/engine/operation.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { openEngine } from '../../src/open.ts';
import { defineRows, type RowDefinition, type RowOperation } from '../../src/program/rows.ts';
import { tilt } from '../../src/program/tilt.ts';
import { placeFor } from '../engine/place.ts';
import { relativeError, uniformFrom } from '../math/relative-error.ts';
import { made, recipes } from './random-programs.ts';

interface Parameters {
  readonly step: number;
}

type Definition = Pick<RowDefinition<Parameters>, 'arguments' | 'program'>;

const operationOf = (definition: Definition): RowOperation<Parameters> =>
  defineRows({
    name: 'example',
    formula: 'f',
    source: 'this test',
    tolerance: { ulps: () => 2, relativeTo: 'entry', reason: 'a test' },
    ...definition,
  });

describe.each(['lane', 'team', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  let reference: Engine;
  beforeAll(async () => {
    engine = await openEngine(await placeFor('webgpu'), { regime });
    reference = await openEngine({ backend: 'reference' });
  });
  afterAll(() => [engine, reference].map((each) => each.dispose()));

  const read = async (
    on: Engine,
    definition: Definition,
    inputs: (on: Engine) => Tensor[],
    step: number,
  ): Promise<Float32Array> => {
    using result = apply(operationOf(definition), inputs(on), { step });
    return await result.read();
  };
  const both = async (
    definition: Definition,
    inputs: (on: Engine) => Tensor[],
    step = 1,
  ): Promise<[got: Float32Array, expected: Float32Array]> => [
    await read(engine, definition, inputs, step),
    await read(reference, definition, inputs, step),
  ];

  const whole = (length: number): fc.Arbitrary<Float32Array<ArrayBuffer>> =>
    fc
      .array(fc.integer({ min: -4, max: 4 }), { minLength: length, maxLength: length })
      .map((numbers) => Float32Array.from(numbers));
  const batch = fc
    .record({ rows: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 3, max: 40 }) })
    .chain(({ rows, width }) =>
      fc.record({
        width: fc.constant(width),
        weights: whole(rows * width),
        shared: whole(width),
        shorter: whole(rows * (width - 2)),
        double: whole(2 * rows * width),
        ofRow: whole(rows),
      }),
    );

  test('random programs of exact numbers agree with the interpreter to the last bit', async () => {
    const takes = 'values' as const;
    await fc.assert(
      fc.asyncProperty(
        recipes,
        batch,
        fc.integer({ min: -3, max: 3 }),
        async (recipe, { width, weights, shared, shorter, double, ofRow }, step) => {
          const [got, expected] = await both(
            {
              arguments: [
                { name: 'weights', takes: 'distributions' },
                { name: 'shared', takes },
                { name: 'shorter', takes },
                { name: 'double', takes, isDouble: true },
                { name: 'ofRow', takes, per: 'row' },
              ],
              program: (values, numbers) => made(recipe, values, numbers),
            },
            (on) => [
              on.rows(
                weights.map((x, k) => (k % width === 0 ? 1 : Math.abs(x))),
                { outcomes: width, form: 'weights' },
              ),
              on.values(shared, { outcomes: width }),
              on.values(shorter, { outcomes: width - 2 }),
              on.values(
                double.map((x, k) => (k % (2 * width) < width ? x : 0)),
                { outcomes: 2 * width },
              ),
              on.values(ofRow, { outcomes: 1 }),
            ],
            step,
          );
          expect(Array.from(got, (x) => x + 0)).toEqual(Array.from(expected, (x) => x + 0));
        },
      ),
      { numRuns: { lane: 24, team: 12, workgroup: 8 }[regime] },
    );
  });

  test('sums, products and quotients of doubles keep 44 bits, and their maximum all', async () => {
    const random = uniformFrom(5);
    const numbers = Float64Array.from({ length: 4 * 50 }, () => (random() - 0.4) * 2 ** (-8 * random()));
    const data = Float32Array.from({ length: 4 * 100 }, (_, at) => {
      const x = numbers[50 * Math.floor(at / 100) + (at % 50)]!;
      return at % 100 < 50 ? x : x - Math.fround(x);
    });
    const [got, expected] = await both(
      {
        arguments: [{ name: 'x', takes: 'values', isDouble: true }],
        program: ({ x }, { step }) => ({
          sum: x!.sum(),
          max: x!.max(),
          squares: x!.squared().sum(),
          quotients: step!.double().over(x!).sum(),
          scaled: x!.times(step!),
        }),
      },
      (on) => [on.values(data, { outcomes: 100 })],
      Math.PI,
    );
    const width = got.length / 4;
    const double = (of: Float32Array, row: number, at: number, apart: number): number =>
      of[row * width + at]! + of[row * width + at + apart]!;
    for (let row = 0; row < 4; row++) {
      for (let at = 0; at < 8; at += 2)
        expect(relativeError(double(got, row, at, 1), double(expected, row, at, 1))).toBeLessThan(2 ** -40); // the sums cancel to an extent
      for (let k = 0; k < 50; k++)
        expect(relativeError(double(got, row, 8 + k, 50), double(expected, row, 8 + k, 50))).toBeLessThan(2 ** -44);
    }
  });

  test('a tilt of weights of all sizes, by exponents that cancel', async () => {
    const sizes = [1, 2 ** -149, 2 ** -130, 2 ** -60, 0, 3, 2 ** -126, 7];
    const logs = sizes.map((x) => (x === 0 ? 1e30 : -Math.log(x)));
    const shifts = [0, 1e4, -3e8];
    const definition: Definition = {
      arguments: [
        { name: 'p', takes: 'distributions' },
        { name: 'x', takes: 'values' },
      ],
      program: ({ p, x }, { step }) => tilt(p!, step!.double().times(x!)),
    };
    for (const shift of shifts) {
      const x = Float32Array.from(logs, (log) => log + shift);
      const [got, expected] = await both(
        definition,
        (on) => [on.rows([sizes], { outcomes: 8, form: 'weights' }), on.values([x], { outcomes: 8 })],
        1 + 2 ** -30,
      );
      got.forEach((share, k) => expect(relativeError(share, expected[k]!)).toBeLessThan(6 * 2 ** -23));
    }
  });

  test('the longest row that a lane is given is gone through to its end, in each of four sweeps', async () => {
    const outcomes = 8192;
    const p = Float32Array.from({ length: outcomes }, (_, k) => 1 + (k % 7));
    const program: Definition['program'] = ({ p: weights }) => {
      const share = tilt(weights!, weights!);
      return { difference: share.minus(share.sum().over(outcomes)), count: share.isGreater(0).count() };
    };
    const [got, expected] = await both({ arguments: [{ name: 'p', takes: 'distributions' }], program }, (on) => [
      on.rows(p, { outcomes, form: 'weights' }),
    ]);
    expect(got.at(-1)).toBe(outcomes);
    expect(Math.max(...got.map((x, k) => Math.abs(x - expected[k]!)))).toBeLessThan(1e-10);
  });
});

test('a new shape or number compiles nothing', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  const operation = operationOf({
    arguments: [{ name: 'x', takes: 'values' }],
    program: ({ x }, { step }) => x!.times(step!).sum(),
  });
  const of = (rows: number[][], step: number): Promise<Float32Array> =>
    apply(operation, [engine.values(rows, { outcomes: rows[0]!.length })], { step }).read();
  expect([
    ...(await of(
      [
        [1, 2],
        [3, 4],
      ],
      2,
    )),
  ]).toEqual([6, 14]);
  const before = counters.pipelines;
  expect([...(await of([[1, 2, 3]], -1))]).toEqual([-6]);
  expect(counters.pipelines).toBe(before);
});
