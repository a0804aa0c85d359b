import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { apply } from '../../src/engine/operation.ts';
import { splitDouble } from '../../src/math/double-single.ts';
import { openEngine } from '../../src/open.ts';
import { operators, type Operator } from '../../src/program/operators.ts';
import { defineRows } from '../../src/program/rows.ts';
import type { Value } from '../../src/program/value.ts';
import { placeFor } from '../engine/place.ts';
import { truths, withMore, type Truth } from './truths.ts';

interface Worst {
  readonly error: number;
  readonly at: readonly number[];
  readonly value: number;
}

/** The greatest of the errors, and where it is. */
function worst({ operands, values }: Truth, errorOf: (at: number) => number): Worst {
  const errors = values.map((_, at) => errorOf(at));
  const at = errors.reduce((most, error, index) => (error <= errors[most]! ? most : index), 0);
  return { error: errors[at]!, at: operands.map((of) => of[at]!), value: values[at]! };
}

test.each(truths)('the reference has 13 digits of $operator of $types', (truth) => {
  const { evaluate } = operators[truth.operator];
  const found = worst(truth, (at) => {
    const [x = 0, y = 0] = truth.operands.map((of) => of[at]!);
    const value = truth.values[at]!;
    return value === 0 ? Math.abs(evaluate(x, y, 0)) : Math.abs(evaluate(x, y, 0) / value - 1);
  });
  expect(found.error, JSON.stringify(found)).toBeLessThan(1e-13);
});

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  test.each(truths)('$operator of $types is as right as it says', async (truth) => {
    const { operator, types } = truth;
    const { ulps, ulpsOfDoubles = ulps } = operators[operator];
    const bound = types.every((type) => type === 'double') ? ulpsOfDoubles : ulps;
    const places = withMore(truth);
    const got = await computed(engine, places);
    const found = worst(places, (at) => ulpsAt(places, at, got[at]!));
    console.log(`${operator} of ${types.join(', ')} on ${backend}: ${found.error.toPrecision(3)} ulp`);
    expect(found.error, JSON.stringify(found)).toBeLessThanOrEqual(bound);
  });
});

/** The error as operators count it. What is below f32's normal numbers may be 0. */
function ulpsAt({ operator, operands, values }: Truth, at: number, got: number): number {
  const value = values[at]!;
  if (got === value || Math.max(Math.abs(value), Math.abs(got)) <= 2 ** -126) return 0;
  const [x = 0, y = 0] = operands.map((of) => of[at]!);
  return Math.abs(got - value) / Math.max(Math.abs(value), operators[operator].scale?.(x, y) ?? 0) / ulp;
}

/** The methods of values that have other names than their operators. */
const methods: Partial<Record<Operator, string>> = { add: 'plus', multiply: 'times', divide: 'over' };

/** What a program of the one operator makes of all operands. */
async function computed(engine: Engine, { operator, types, operands, values }: Truth): Promise<readonly number[]> {
  const names = ['x', 'y'].slice(0, types.length);
  const operation = defineRows({
    name: operator, formula: operator, source: 'this test',
    tolerance: { ulps: () => operators[operator].ulps, relativeTo: 'entry', reason: 'as its operator states' },
    arguments: names.map((name, at) => ({ name, takes: 'values', ...(types[at] === 'double' && { isDouble: true }) })),
    program(given) {
      const [x, ...others] = names.map((name) => given[name]!);
      return (x as unknown as Record<string, (...others: Value[]) => Value>)[methods[operator] ?? operator]!(...others);
    },
  });
  const inputs = operands.map((of, at) => {
    const parts = of.map(splitDouble);
    const row = types[at] === 'double' ? [...parts.map(({ high }) => high), ...parts.map(({ low }) => low)] : of;
    return engine.values([row], { outcomes: row.length });
  });
  using result = apply(operation, inputs, {});
  const got = await result.read();
  if (result.report.backend === 'cpu') expect(result.report.adapter).toMatch(/^WebAssembly SIMD/);
  return values.map((_, at) => got[at]! + (got.length > values.length ? got[values.length + at]! : 0));
}
