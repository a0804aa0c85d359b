import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { apply } from '../../src/engine/operation.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { openEngine } from '../../src/open.ts';
import { defineRows, type RowDefinition } from '../../src/program/rows.ts';
import { placeFor } from '../engine/place.ts';
import { build, trees } from './random-programs.ts';

type Definition = Pick<RowDefinition<{ readonly step: number }>, 'arguments' | 'program'>;

const operationOf = (definition: Definition): ReturnType<typeof defineRows<{ readonly step: number }>> =>
  defineRows({ name: 'example', formula: 'f', source: 'this test', tolerance: { ulps: () => 2, relativeTo: 'entry', reason: 'a test' }, ...definition });

describe.each(['lane', 'team', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  let reference: Engine;
  beforeAll(async () => {
    engine = await openEngine(await placeFor('webgpu'), { regime });
    reference = await openEngine({ backend: 'reference' });
  });
  afterAll(() => [engine, reference].map((each) => each.dispose()));

  const read = async (on: Engine, { arguments: given, program }: Definition, inputs: (on: Engine) => Tensor[], step = 1): Promise<Float32Array> => {
    using result = apply(operationOf({ arguments: given, program }), inputs(on), { step });
    return await result.read();
  };
  const both = async (definition: Definition, inputs: (on: Engine) => Tensor[], step?: number): Promise<[Float32Array, Float32Array]> =>
    [await read(engine, definition, inputs, step), await read(reference, definition, inputs, step)];

  test('random programs of exact numbers agree with the interpreter to the last bit', async () => {
    const whole = (length: number): fc.Arbitrary<number[]> => fc.array(fc.integer({ min: -4, max: 4 }), { minLength: length, maxLength: length });
    const batch = fc.record({ rows: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 2, max: 40 }) }).chain(({ rows, width }) => fc.record({
      width: fc.constant(width), weights: whole(rows * width), values: whole(width), shorter: whole(rows * Math.max(1, width - 2)), double: whole(2 * rows * width), ofRow: whole(rows),
    }));
    await fc.assert(fc.asyncProperty(trees, batch, fc.integer({ min: -3, max: 3 }), async (outputs, { width, ...data }, step) => {
      const inputs = (on: Engine): Tensor[] => [
        on.rows(Float32Array.from(data.weights, (x, k) => (k % width === 0 ? 1 : Math.abs(x))), { outcomes: width, form: 'weights' }),
        on.values(Float32Array.from(data.values), { outcomes: width }), // one row for all
        on.values(Float32Array.from(data.shorter), { outcomes: Math.max(1, width - 2) }),
        on.values(Float32Array.from(data.double, (x, k) => (k % (2 * width) < width ? x : 0)), { outcomes: 2 * width }),
        on.values(Float32Array.from(data.ofRow), { outcomes: 1 }),
      ];
      const [got, expected] = await both({
        arguments: [
          { name: 'weights', takes: 'distributions' }, { name: 'values', takes: 'values' }, { name: 'shorter', takes: 'values' },
          { name: 'double', takes: 'values', isDouble: true }, { name: 'ofRow', takes: 'values', per: 'row' },
        ],
        program: (values, numbers) => Object.fromEntries(outputs.map(([tree, infinite], at) => {
          const value = build(tree, values, numbers['step']!);
          const condition = infinite && build(infinite, values, numbers['step']!);
          return [`result${at}`, condition && (value.per === 'entry' || condition.per === 'row') ? value.infiniteWhere(condition) : value];
        })),
      }, inputs, step);
      expect([...got].map((x) => x + 0)).toEqual([...expected].map((x) => x + 0));
      expect(got).toHaveLength(expected.length);
    }), { numRuns: { lane: 24, team: 12, workgroup: 6 }[regime] });
  });
});

test('a new shape or number compiles nothing', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  const operation = operationOf({ arguments: [{ name: 'x', takes: 'values' }], program: ({ x }, { step }) => x!.times(step!).sum() });
  const of = (rows: number[][], step: number): Promise<Float32Array> => apply(operation, [engine.values(rows, { outcomes: rows[0]!.length })], { step }).read();
  expect([...await of([[1, 2], [3, 4]], 2)]).toEqual([6, 14]);
  const before = counters.pipelines;
  expect([...await of([[1, 2, 3]], -1)]).toEqual([-6]);
  expect(counters.pipelines).toBe(before);
});
