import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../src/engine/errors.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { openEngine, renyiDivergence } from '../../src/index.ts';
import { renyiDivergenceOf } from '../../src/math/hellinger-integral.ts';
import { expectFailure } from '../failure.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { closeEngines, evaluate, expectUlps, places, type Divergence, type Rows } from './evaluate.ts';

afterAll(closeEngines);

const of = (order: number): Divergence => (p, q) => renyiDivergence(p, q, { order });
const reference = (p: Rows, q: Rows, order: number, logarithmic: boolean): number[] => p.map((row, k) => renyiDivergenceOf({ p: row, q: q[k]!, logarithmic }, order));
const rowsBy = (count: number, outcomes: number, entry: () => number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: outcomes }, () => Math.fround(entry())));
const epsilon = 2 ** -100;

describe.each(places)('on $name', (place) => {
  test.each([
    [-2, -Math.log(7 / 4) / 3], [0, 0], [0.5, -2 * Math.log(Math.sqrt(1 / 8) + Math.sqrt(3 / 8))], [1, Math.log(2) - Math.log(3) / 2], [2, Math.log(4 / 3)],
  ])('order %d in closed form', async (order, expected) => {
    expectUlps((await evaluate(place, of(order), [[1, 1]], [[1, 3]])).values, [expected], 6);
  });

  test.each([-1, -0.5, 1e-3, 0.5, 0.999, 1.001, 2, 8])('point masses but for 2⁻¹⁰⁰, order %d: 1 − κ D cancels or D overflows', async (order) => {
    const [p, q] = [[[1, epsilon], [epsilon, 1]], [[epsilon, 1], [1, epsilon]]];
    const { values, report } = await evaluate(place, of(order), p, q);
    expectUlps(values, reference(p, q, order, false), 6);
    expect(report.backend).toBe(place.backend);
  });

  test.each([0, 0.01, 0.5, 0.97, 3, -4])('far rows of weights and of logits, order %d', async (order) => {
    const uniform = uniformFrom(17);
    for (const [form, spread] of [['weights', 80], ['logits', 60], ['logits', 3000]] as const) {
      const entry = form === 'weights' ? (): number => Math.exp(-spread * uniform()) : (): number => spread * uniform();
      const [p, q] = [rowsBy(12, 33, entry), rowsBy(12, 33, entry)];
      expectUlps((await evaluate(place, of(order), p, q, form)).values, reference(p, q, order, form === 'logits'), 6);
    }
  });

  test('zeros, by order', async () => {
    const [p, q] = [[[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0]], [[0, 1, 3], [0, 1, 1], [1, 1, 2], [1, 0, 0]]];
    for (const [order, expected] of [
      [-1, [-Infinity, -Infinity, -Infinity, 0]], [0, [Math.log(4), Infinity, Math.log(2), 0]], [0.5, [Math.log(8), Infinity, Math.log(2), 0]],
      [1, [Infinity, Infinity, Math.log(2), 0]], [2, [Infinity, Infinity, Math.log(2), 0]],
    ] as const) {
      expectUlps((await evaluate(place, of(order), p, q)).values, expected, 6);
      const logarithms = (rows: Rows): Rows => rows.map((row) => row.map(Math.log));
      expectUlps((await evaluate(place, of(order), logarithms(p), logarithms(q), 'logits')).values, expected, 6);
    }
  });

  test('order 0 asks for the support alone: mass of any size, of rows of any mass', async () => {
    const lost = [2 ** -120, 2 ** -60, 0.25, 3, 2 ** 60];
    const expected = lost.map((m, row) => (row < 2 ? m : Math.log1p(m)));
    const q = lost.map((m) => [1, 0, m]);
    expectUlps((await evaluate(place, of(0), q.map(() => [1, 1, 0]), q)).values, expected, 6);
    const tiny = [[epsilon, 0, 2 ** -149]];
    expectUlps((await evaluate(place, of(0), [[5, 5, 0]], tiny)).values, [2 ** -49], 6);
  });

  test('a row to itself, for any order', () => fc.assert(fc.asyncProperty(
    fc.oneof(fc.double({ min: -7, max: 8, noNaN: true }), fc.constantFrom(0, 1, 20, -20, Infinity, -Infinity)),
    async (order) => {
      const p = [[1, 2, 3], [0, 1, 0], [2 ** -140, 1, 2 ** -20]];
      expect((await evaluate(place, of(order), p, p)).values).toEqual([0, 0, 0]);
    },
  ), { numRuns: 8 }));

  test('±∞ and large orders', async () => {
    const [p, q] = [[[1, 1], [1, 0], [1, 3]], [[1, 3], [1, 1], [4, 0]]];
    expectUlps((await evaluate(place, of(Infinity), p, q)).values, [Math.log(2), Math.log(2), Infinity], 4);
    expectUlps((await evaluate(place, of(-Infinity), p, q)).values, [-Math.log(1.5), -Infinity, -Math.log(4)], 4);
    const large = (await evaluate(place, of(1e6), p, q)).values;
    expectUlps(large, reference(p, q, 1e6, false), 4);
    expect(large[0]).toBeLessThan(Math.log(2));
  });
});

test('orders that the GPU leaves to the CPU say why', async () => {
  const gpu = places.find(({ regime }) => regime === 'lane')!;
  const reasons = await Promise.all([2, 0, -1e-12, 8, 8.5, 1e-9].map(async (order) => (await evaluate(gpu, of(order), [[1, 1]], [[1, 3]])).report));
  expect(reasons.map(({ backend }) => backend)).toEqual(['webgpu', 'webgpu', 'webgpu', 'webgpu', 'cpu', 'cpu']);
  expect(reasons[4]!.reason).toContain('|α| ≤ 15');
  expect(reasons[5]!.reason).toContain('the order is 1e-9');
});

test('a new order compiles nothing', async () => {
  const at = (order: number): Promise<unknown> => evaluate(places.find(({ regime }) => regime === 'lane')!, of(order), [[1, 1], [1, 0]], [[1, 3], [1, 1]]);
  await at(0.25);
  const before = counters.pipelines;
  for (const order of [0, 0.3, 0.999, 1, 1.7, -0.2]) await at(order);
  expect(counters.pipelines).toBe(before);
});

test('bad orders and rows that do not match are refused', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  const facts = { operation: 'renyiDivergence', argument: 'order', expected: 'a number, Infinity or −Infinity' };
  for (const order of [Number.NaN, '2', undefined, null]) await expectFailure(() => renyiDivergence(p, p, { order: order as number }), DomainError, 'domain', facts);
  const logits = engine.rows([[0, 1]], { outcomes: 2, form: 'logits' });
  await expectFailure(() => renyiDivergence(p, logits, { order: 2 }), DomainError, 'domain', { operation: 'renyiDivergence', argument: 'q', got: 'rows of logits' });
});
