import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { ShapeError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { apply } from '../../src/engine/operation.ts';
import { repeat } from '../../src/engine/repeat.ts';
import { columns } from '../../src/math/columns.ts';
import { openEngine } from '../../src/open.ts';
import { defineRows, type RowOperation } from '../../src/program/rows.ts';
import { stepIndex } from '../../src/program/value.ts';
import { placeFor } from '../engine/place.ts';

interface Steps {
  readonly steps: number;
  readonly rate: number;
}

const tolerance = { ulps: () => 16, relativeTo: 'row' as const, reason: 'a few roundings a step' };

/** Adds a share of each entry's distance from the mean; in double, so that small ones add up. */
const drifting: RowOperation<Steps> = defineRows<Steps>({
  name: 'drifting', formula: 'x ← x + r (x̄ − x)', source: 'a test', tolerance, steps: ({ steps }) => steps,
  arguments: [{ name: 'x', takes: 'values', isDouble: true }, { name: 'pull', takes: 'values', per: 'row' }],
  program: ({ x, pull }, { rate }) => {
    const mean = x!.sum().over(x!.equals(x!).count());
    return { x: x!.plus(mean.minus(x!).times(rate!.times(pull!))) };
  },
});

/** Halves until a row is below its bound, and counts the halvings; the step sizes differ. */
const halving: RowOperation<{ readonly steps: number }> = defineRows<{ readonly steps: number }>({
  name: 'halving', formula: 'x ← x/2 while max x > bound', source: 'a test', tolerance, steps: ({ steps }) => steps,
  arguments: [
    { name: 'x', takes: 'values' }, { name: 'count', takes: 'values', per: 'row' }, { name: 'active', takes: 'values', per: 'row' },
    { name: 'bound', takes: 'values', per: 'row' }, { name: 'size', takes: 'values', per: 'row', over: 'steps' },
  ],
  program: ({ x, count, bound, size }) => ({
    x: x!.times(size!), count: count!.plus(stepIndex().isAtMost(1e9).select(1, 0)), active: x!.max().times(size!).isGreater(bound!).select(1, 0),
  }),
});

const places: [backend: 'webgpu' | 'cpu' | 'reference', regime?: Regime][] = [['webgpu', 'lane'], ['webgpu', 'workgroup'], ['cpu'], ['reference']];

describe.each(places)('on %s %s', (backend, regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(backend), check: 'all' }, regime ? { regime } : {}); });
  afterAll(() => engine.dispose());

  test.each([0, 1, 7, 1000])('%i steps of a state in double', async (steps) => {
    for (const outcomes of [1, 2, 33, 300]) {
      const rows = [1, 2, 3].map((row) => Array.from({ length: outcomes }, (_, k) => Math.sin(row * (k + 1))));
      const start = engine.values(rows.map((row) => [...row, ...row.map(() => 0)]), { outcomes: 2 * outcomes });
      const pull = engine.values([[1], [0.5], [0]], { outcomes: 1 });
      const state = await apply(drifting, [start, pull], { steps, rate: 1e-3 }).read();
      rows.forEach((row, at) => {
        const mean = row.reduce((sum, x) => sum + x, 0) / outcomes;
        const left = (1 - 1e-3 * [1, 0.5, 0][at]!) ** steps;
        const largest = Math.max(...row.map(Math.abs), Math.abs(mean));
        row.forEach((x, k) => {
          const got = state[at * 2 * outcomes + k]! + state[at * 2 * outcomes + outcomes + k]!;
          expect(Math.abs(got - (mean + (x - mean) * left))).toBeLessThanOrEqual(2 * ulp * largest);
        });
      });
    }
  });

  test('rows leave when they are done, and the loop ends with the last', async () => {
    const x = engine.values([[8, 1], [1, 1], [1024, 3], [0.5, 0]], { outcomes: 2 });
    const one = engine.values([[1]], { outcomes: 1 });
    const [zero, bound] = [engine.values([[0]], { outcomes: 1 }), engine.values([[1], [1], [2], [0.1]], { outcomes: 1 })];
    const sizes = engine.values(Array.from({ length: 100 }, () => [0.5]), { outcomes: 1 });
    const result = apply(halving, [x, zero, one, bound, sizes], { steps: 100 });
    const got = await columns(result, 0, [4]).read();
    expect([...got]).toEqual([1, 0.125, 3, 0, 0.5, 0.5, 1, 0, 2, 3 / 512, 9, 0, 0.0625, 0, 3, 0]);
  });

  test('a loop of several operations is the loop of one', async () => {
    const outcomes = 5;
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 6 }), fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2 * outcomes, maxLength: 2 * outcomes }), async (steps, numbers) => {
      const rows = [numbers.slice(0, outcomes), numbers.slice(outcomes)];
      const start = engine.values(rows.map((row) => [...row, ...row.map(() => 0)]), { outcomes: 2 * outcomes });
      const pull = engine.values([[1]], { outcomes: 1 });
      const whole = await apply(drifting, [start, pull], { steps, rate: 0.25 }).read();
      const parts = await repeat(start, { steps }, (x) => apply(drifting, [x, pull], { steps: 1, rate: 0.25 })).read();
      expect([...parts]).toEqual([...whole]);
    }), { numRuns: 10 });
  });
});

test('a state that changes its shape, or is none, is refused', () => {
  const define = (program: Parameters<typeof defineRows>[0]['program']): unknown => defineRows<object>({
    name: 'wrong', formula: '', source: '', tolerance, steps: () => 1, program,
    arguments: [{ name: 'x', takes: 'values' }, { name: 'n', takes: 'values', per: 'row' }],
  }).programOf({});
  for (const [program, argument] of [
    [({ x }) => ({ x: x!.sum() }), 'x'], [({ x }) => ({ n: x! }), 'n'], [({ x }) => ({ y: x! }), 'y'], [({ x }) => ({ x: x!.double() }), 'x'],
    [({ x, n }) => ({ x: x!.plus(x!.at(n!)) }), 'x'],
  ] as [Parameters<typeof define>[0], string][]) {
    expect(() => define(program)).toThrow(expect.objectContaining({ operation: 'wrong', argument }) as ShapeError);
  }
});
