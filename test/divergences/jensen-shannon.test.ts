import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { jensenShannonDistance, jensenShannonDivergence } from '../../src/index.ts';
import { jensenShannonOfLogits, jensenShannonOfWeights, mixtureBound, mixtureDegree, mixtureSeries, mixtureTable } from '../../src/math/jensen-shannon.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { relativeError } from '../math/relative-error.ts';
import { pairsOfLogits, pairsOfWeights, readPairs, worstOf } from './random-pairs.ts';

const near = Math.fround(1.0000001192092896);
const rows = {
  form: 'weights',
  p: [[0.5, 0.25, 0.25], [1, 3, 0], [1, 1e-30, 0], [5, 3, 2]].map((row) => row.map(Math.fround)),
  q: [[0.125, 0.375, 0.5], [near, 3, 0], [1, 0, 1e-20], [1, 1, 1]].map((row) => row.map(Math.fround)),
} as const;
/** w KL(p‖m) + (1−w) KL(q‖m) to 60 digits, rounded. */
const exact: readonly (readonly [number, readonly number[]])[] = [
  [0.25, [0.07053771860076964, 2.498001569660148e-16, 2.1576154752641287e-21]],
  [0.001, [0.000417848823982878, 1.3309352297305442e-18, 9.994998022221205e-24]],
  [0.9, [0.029573116457131288, 1.199040768921689e-16, 2.302585020017535e-21]],
];

test.each(exact)('the reference at weight %d', (weight, values) => {
  values.forEach((value, row) => expect(relativeError(jensenShannonOfWeights(rows.p[row]!, rows.q[row]!, weight), value)).toBeLessThanOrEqual(1e-13));
});

test('the reference keeps JS_w(p, q) = JS_1−w(q, p), of weights and of their logarithms', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1023 }), fc.nat(), (share, seed) => {
    const weight = share / 1024; // so that 1 − w is exact
    const { p, q } = pairsOfWeights(5, 10, seed);
    p.forEach((row, k) => {
      const value = jensenShannonOfWeights(row, q[k]!, weight);
      expect(relativeError(jensenShannonOfWeights(q[k]!, row, 1 - weight), value)).toBeLessThanOrEqual(1e-13);
      const logs = (of: readonly number[]): number[] => of.map(Math.log);
      if (value > 1e-4) expect(relativeError(jensenShannonOfLogits(logs(row), logs(q[k]!), weight), value)).toBeLessThanOrEqual(1e-10);
    });
  }), { seed: 7 });
});

test.each([1e-6, 0.001, 0.3, 0.5, 0.75, 1 - 1e-6])('the polynomial of the kernel at weight %d', (weight) => {
  const [series, table] = [mixtureSeries(weight), mixtureTable(weight)];
  for (let s = -mixtureBound; s <= mixtureBound; s += 1 / 256) {
    const whole = series.reduceRight((sum, x) => sum * s + x, 0);
    const short = table.subarray(0, mixtureDegree + 1).reduceRight((sum, x) => sum * s + x, 0);
    expect(relativeError(short, whole)).toBeLessThanOrEqual(ulp / 2);
  }
});

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor('webgpu'), { regime }); });
  afterAll(() => engine.dispose());

  test.each(exact)('60-digit values at weight %d to 4 ulp', async (weight, values) => {
    const got = await readPairs(engine, rows, (p, q) => jensenShannonDivergence(p, q, { weight }));
    expect(worstOf(got, values).ulps).toBeLessThanOrEqual(4);
  });

  test.each([1e-5, 0.003, 0.3, 0.5, 0.8, 0.9999])('random rows at weight %d to 4 ulp', async (weight) => {
    for (const outcomes of [2, 7, 300]) {
      const rowsOf = regime === 'lane' ? 60 : 12;
      const [weights, logits] = [pairsOfWeights(outcomes, rowsOf, outcomes), pairsOfLogits(outcomes, rowsOf, outcomes)];
      const ofWeights = weights.p.map((row, k) => jensenShannonOfWeights(row, weights.q[k]!, weight));
      const ofLogits = logits.p.map((row, k) => jensenShannonOfLogits(row, logits.q[k]!, weight));
      const worst = [
        worstOf(await readPairs(engine, weights, (p, q) => jensenShannonDivergence(p, q, { weight })), ofWeights),
        worstOf(await readPairs(engine, logits, (p, q) => jensenShannonDivergence(p, q, { weight })), ofLogits),
      ];
      expect(worst.filter(({ ulps }) => !(ulps <= 4)), `${outcomes} outcomes`).toEqual([]);
    }
  });
});

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  test('disjoint supports, equal rows and zeros', async () => {
    const p = engine.rows([[1, 0, 0], [2, 6, 0], [1, 1, 0]], { outcomes: 3, form: 'weights' });
    const q = engine.rows([[0, 3, 1], [1, 3, 0], [0, 1, 0]], { outcomes: 3, form: 'weights' });
    const expected = [Math.LN2, 0, 0.25 * Math.log(2) + 0.25 * Math.log(2 / 3) + 0.5 * Math.log(4 / 3)]; // the last m is (¼, ¾)
    expect(worstOf([...await jensenShannonDivergence(p, q).read()], expected).ulps).toBeLessThanOrEqual(4);
    expect(worstOf([...await jensenShannonDistance(p, q).read()], expected.map(Math.sqrt)).ulps).toBeLessThanOrEqual(4);
    const skewed = await jensenShannonDivergence(p, q, { weight: 0.75 }).read();
    expect(worstOf([skewed[0]!, skewed[1]!], [-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 0]).ulps).toBeLessThanOrEqual(4);
  });

  test('the distance obeys the triangle inequality', async () => {
    const [a, b, c] = [1, 2, 3].map((seed) => engine.rows(pairsOfWeights(6, 50, seed).p.map((row) => [...row]), { outcomes: 6, form: 'weights' }));
    const [ac, ab, bc] = [await jensenShannonDistance(a!, c!).read(), await jensenShannonDistance(a!, b!).read(), await jensenShannonDistance(b!, c!).read()];
    ac.forEach((d, row) => expect(d).toBeLessThanOrEqual((ab[row]! + bc[row]!) * (1 + 2 ** -20)));
  });

  test.each([0, 1, -0.5, Number.NaN, '0.5', null])('weight %s is refused', async (weight) => {
    const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
    await expectFailure(() => jensenShannonDivergence(p, p, { weight: weight as number }), DomainError, 'domain', { operation: 'jensenShannonDivergence', argument: 'weight', expected: 'a number between 0 and 1' });
  });
});
