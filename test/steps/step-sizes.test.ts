/** Steps of a size for each row, each against the same step of one row by its number. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { klDivergence, mirrorDescent, mirrorDescentStep, naturalGradientStep } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';

const [batchSize, outcomes, steps] = [9, 5, 3];

interface Case {
  readonly name: string;
  readonly steps?: number;
  /** Of the start, gradients or targets, and the step size. */
  readonly step: (p: Tensor, g: Tensor, targets: Tensor, stepSize: number | Tensor, engine: Engine) => Tensor;
}

const towards = (alpha: number) => (p: Tensor, _: Tensor, targets: Tensor, stepSize: number | Tensor): Tensor =>
  mirrorDescent(p, { kind: 'alphaDivergence', alpha, targets }, { stepSize, steps });
const cases: readonly Case[] = [
  { name: 'mirrorDescentStep', step: (p, gradient, _, stepSize) => mirrorDescentStep(p, gradient, { stepSize }) },
  ...(['e', 'm', 'lc'] as const).map((path): Case => ({ name: path, step: (p, gradient, _, stepSize) => naturalGradientStep(p, gradient, { stepSize, path }) })),
  { name: 'along a line', steps, step: (p, gradient, _, stepSize) => mirrorDescent(p, { kind: 'linear', gradient }, { stepSize, steps }) },
  { name: 'KL', steps, step: towards(-1) }, { name: 'α = 0.5', steps, step: towards(0.5) },
  {
    name: 'components', steps, step: (p, _, targets, stepSize, engine) => {
      const components = engine.rows(Array.from({ length: outcomes }, (_row, m) => [1 + m, 2, 7 - m, 1, 3]), { outcomes, form: 'weights' });
      return mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets, components }, { stepSize, steps });
    },
  },
];

const batch = (entry: fc.Arbitrary<number>, width: number): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(entry, { minLength: width, maxLength: width }), { minLength: batchSize, maxLength: batchSize });
const moderate = fc.double({ min: -0.4, max: 0.4, noNaN: true });
/** One step may be of any size; many that are as large go wherever rounding sends them. */
const sizesOf = (each: Case): fc.Arbitrary<number> => (each.steps ? moderate : fc.oneof(fc.constantFrom(0, 1e-30, 1e30, -3e38), moderate)).map(Math.fround);
const given = (each: Case): fc.Arbitrary<Record<'p' | 'targets' | 'g' | 'sizes', number[][]>> => fc.record({
  p: batch(fc.integer({ min: 1, max: 999 }), outcomes), targets: batch(fc.integer({ min: 1, max: 999 }), outcomes),
  g: batch(fc.integer({ min: -64, max: 64 }).map((x) => x / 16), outcomes),
  sizes: batch(sizesOf(each), 1),
});

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(backend), check: 'all' }); });
  afterAll(() => engine.dispose());
  const weights = (rows: readonly number[][]): Tensor => engine.rows([...rows], { outcomes, form: 'weights' });
  const values = (rows: readonly number[][]): Tensor => engine.values([...rows], { outcomes: rows[0]!.length });

  test.each(cases)('$name: each row goes as far as its number says', (each) => fc.assert(fc.asyncProperty(given(each), async ({ p, g, targets, sizes }) => {
    const { step } = each;
    const all = await step(weights(p), values(g), weights(targets), values(sizes), engine).read();
    for (const row of [0, batchSize - 1]) {
      const one = await step(weights([p[row]!]), values([g[row]!]), weights([targets[row]!]), sizes[row]![0]!, engine).read();
      const own = all.subarray(row * outcomes, (row + 1) * outcomes);
      const largest = Math.max(...one);
      own.forEach((x, k) => expect(Math.abs(x - one[k]!)).toBeLessThanOrEqual(32 * ulp * largest));
    }
  }), { seed: 5, numRuns: 4 }));

  test('one row goes as far as each of several numbers, which may be results', async () => {
    const [p, gradient] = [weights([[1, 2, 3, 4, 5]]), values([[1, -1, 0, 2, 0.5]])];
    const sizes = klDivergence(p, weights([[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]]));
    const [same, moved] = [0, 1].map((row) => (data: Float32Array) => [...data.subarray(row * outcomes, (row + 1) * outcomes)]);
    const next = await mirrorDescentStep(p, gradient, { stepSize: sizes }).read();
    const [, size] = await sizes.read();
    expect(same!(next)).toEqual([1, 2, 3, 4, 5].map((x) => Math.fround(x / 15)));
    const expected = await mirrorDescentStep(p, gradient, { stepSize: size! }).read();
    moved!(next).forEach((x, k) => expect(Math.abs(x - expected[k]!)).toBeLessThanOrEqual(8 * ulp * x));
  });

  test.each(cases)('$name: a size that is no number is named with its row', async ({ step }) => {
    const ones = Array.from({ length: 3 }, () => [1, 1, 1, 1, 1]);
    for (const bad of [Number.NaN, Infinity]) {
      const result = step(weights(ones), values(ones), weights(ones), values([[0.5], [1], [bad]]), engine);
      await expectFailure(() => result.read(), DomainError, 'domain', { argument: 'stepSize', row: 2 });
    }
    await expectFailure(() => step(weights(ones), values(ones), weights(ones), values(ones), engine), ShapeError, 'shape', { argument: 'stepSize', expected: 'one number a row' });
    await expectFailure(() => step(weights(ones), values(ones), weights(ones), values([[1], [2]]), engine), ShapeError, 'shape', { argument: 'stepSize' });
  });
});
