import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import * as dually from '../../src/index.ts';
import { alphaDivergence, euclideanGradient, hellingerDistance, klDivergence, mirrorDescentStep, reverseKlDivergence, valueAndGradient } from '../../src/index.ts';
import { weights } from '../../src/math/alpha-family.ts';
import { sumOf } from '../../src/math/sum.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { goldenCases, goldenGradientCases, goldenLogitsCases } from '../../host/golden/divergences.ts';
import { uniformFrom } from '../math/relative-error.ts';

type Rows = readonly (readonly number[])[];
const regimes = ['lane', 'workgroup'] as const satisfies Regime[];
const engines = new Map<Regime, Engine>();
beforeAll(async () => {
  for (const regime of regimes) engines.set(regime, await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { regime }));
});
afterAll(() => engines.forEach((engine) => engine.dispose()));

const rowsOf = (engine: Engine, rows: Rows, form: DistributionForm): Tensor => engine.rows(rows, { outcomes: rows[0]!.length, form });

/** Reads a result every row of which the certificate has compared with the reference; returns the worst error in ulp. */
async function certified(result: Tensor): Promise<number> {
  await result.read();
  const { backend, certificate } = result.report;
  expect([backend, certificate?.passed, certificate?.rowsChecked]).toEqual(['webgpu', true, result.rows]);
  return certificate!.worstUlps;
}

/** Rows at distances from 1e-6 to 10, flat and peaked, moved or scaled apart; exact in f32. */
function randomPairs(outcomes: number, rows: number, seed: number, form: 'logits' | 'weights'): readonly [Rows, Rows] {
  const uniform = uniformFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const pairs = Array.from({ length: rows }, () => {
    const [spread, distance, shift] = [10 ** (1.6 * uniform() - 0.5), 10 ** (7 * uniform() - 6), uniform() < 0.5 ? 0 : 9];
    const z = Array.from({ length: outcomes }, () => spread * normal());
    if (form === 'logits') return [z.map((x) => Math.fround(x + shift)), z.map((x) => Math.fround(Math.fround(x + shift) + distance * normal()) - 2 * shift)] as const;
    const w = z.map((x) => Math.fround(Math.exp(x)));
    return [w, w.map((x) => Math.fround(Math.exp(shift / 3) * x * Math.exp(Math.max(-20, Math.min(20, distance * normal())))))] as const;
  });
  return [pairs.map(([p]) => p), pairs.map(([, q]) => q.map(Math.fround))];
}

describe.each(regimes)('regime %s', (regime) => {
  test.each(['logits', 'weights'] as const)('random %s agree with the reference', async (form) => {
    const anyAlpha = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -15, max: 15, noNaN: true }), fc.constantFrom(-1, 0, 1, 1 + 1e-9));
    await fc.assert(fc.asyncProperty(anyAlpha, fc.constantFrom(2, 17, 300, 1500), fc.constantFrom('p', 'q'), fc.nat(), async (alpha, outcomes, of, seed) => {
      const [p, q] = randomPairs(outcomes, outcomes > 1000 ? 4 : 16, seed, form).map((rows) => rowsOf(engines.get(regime)!, rows, form)) as [Tensor, Tensor];
      await certified(valueAndGradient(p, q, { divergence: alphaDivergence, alpha, of }));
      await certified(euclideanGradient(p, q, { divergence: alphaDivergence, alpha, of }));
      await certified(valueAndGradient(p, q, { divergence: hellingerDistance, of }));
    }), { seed: 11, numRuns: 4, endOnFailure: true });
  });

  test('golden slopes: (P/Q)^c (slope − mean slope)/P, to 5 ulp of the largest', async () => {
    for (const { id, alpha, p, q, dP, dQ } of goldenGradientCases) {
      const [tensorP, tensorQ] = [p, q].map((row) => rowsOf(engines.get(regime)!, [row], 'weights')) as [Tensor, Tensor];
      const { a, b } = weights(alpha);
      for (const [of, own, other, c, slopes] of [['p', p, q, a, dP], ['q', q, p, b, dQ]] as const) {
        const [mass, otherMass] = [sumOf(own), sumOf(other)];
        const mean = sumOf(own.map((x, k) => (x / mass) * Number(slopes[k])));
        const expected = slopes.map((slope) => ((mass / otherMass) ** c * (Number(slope) - mean)) / mass);
        const got = await euclideanGradient(tensorP, tensorQ, { divergence: alphaDivergence, alpha, of }).read();
        const largest = Math.max(...expected.map(Math.abs));
        got.forEach((x, k) => expect(Math.abs(x - expected[k]!) / largest / ulp, `${id} of ${of}`).toBeLessThanOrEqual(5));
      }
    }
  });
});

test('every golden row agrees with the reference, values included', async () => {
  const engine = engines.get('lane')!;
  const groups = new Map<string, { alpha: number; form: DistributionForm; p: number[][]; q: number[][] }>();
  const add = (p: number[], q: number[], alpha: number, form: DistributionForm): void => {
    const key = `${form} ${alpha} ${p.length}`;
    const group = groups.get(key) ?? { alpha, form, p: [], q: [] };
    groups.set(key, group);
    group.p.push(p);
    group.q.push(q);
  };
  for (const { kind, p, q, alpha } of goldenCases) if (kind === 'alpha' && p.length > 1) add(p, q, alpha!, 'weights');
  for (const { a, b, alpha } of goldenLogitsCases) add(a, b, alpha, 'logits');
  expect(groups.size).toBeGreaterThan(20);
  for (const { p, q, alpha, form } of groups.values()) {
    for (const of of ['p', 'q'] as const) await certified(valueAndGradient(rowsOf(engine, p, form), rowsOf(engine, q, form), { divergence: alphaDivergence, alpha, of }));
  }
});

const [some, other] = [[[0.5, 0.25, 0.125, 0.125], [1, 0, 2, 5]], [[0.125, 0.25, 0.125, 0.5], [3, 1, 0, 2]]];

test('the value is that of the divergence, and the gradient the same with it and without', async () => {
  const engine = engines.get('lane')!;
  const [p, q] = [rowsOf(engine, some, 'weights'), rowsOf(engine, other, 'weights')];
  for (const of of ['p', 'q'] as const) for (const divergence of [klDivergence, reverseKlDivergence, hellingerDistance]) {
    const { values, gradients } = valueAndGradient.split(await valueAndGradient(p, q, { divergence, of }).read(), p.width);
    const alone = await divergence(p, q).read();
    values.forEach((value, row) => { expect(value === alone[row] || Math.abs(value - alone[row]!) <= 2 ** -22 * value).toBe(true); }); // it may be evaluated as its dual
    expect([...gradients]).toEqual([...await euclideanGradient(p, q, { divergence, of }).read()]);
  }
});

test('members have the derivative of their own: ∇H = ∇D_0/(8 H), and 0 where the rows are equal', async () => {
  const engine = engines.get('workgroup')!;
  const [p, q] = [rowsOf(engine, some, 'weights'), rowsOf(engine, other, 'weights')];
  const d = await euclideanGradient(p, q, { divergence: alphaDivergence, alpha: 0, of: 'p' }).read();
  const { values, gradients } = valueAndGradient.split(await valueAndGradient(p, q, { divergence: hellingerDistance, of: 'p' }).read(), p.width);
  gradients.forEach((x, k) => {
    const expected = d[k]! / (8 * values[Math.floor(k / p.width)]!);
    if (Number.isFinite(expected)) expect(Math.abs(x - expected)).toBeLessThanOrEqual(4 * ulp * Math.abs(expected));
    else expect(x).toBe(expected);
  });
  expect([...await euclideanGradient(p, p, { divergence: hellingerDistance, of: 'q' }).read()]).toEqual(some.flat().map(() => 0));
});

const none = -Infinity;
test.each([-7, -1, -0.5, 0, 1, 1.5, 4])('zeros at α = %d', async (alpha) => {
  const p: Rows = [[0, 1, 2, 0], [1, 0, 2, 0], [0, 0, 1, 4], [1, 1, 0, 0], [8, 1, 0, 0.5], [1, 1, 1, 1]];
  const q: Rows = [[1, 2, 0, 0], [1, 4, 3, 0], [0, 0, 1, 4], [0, 0, 1, 2], [0, 1, 5, 1e-30], [1e-38, 1, 1, 1]];
  const logs = (rows: Rows): Rows => rows.map((row) => row.map((x) => (x === 0 ? none : Math.fround(Math.log(x)))));
  for (const regime of regimes) for (const of of ['p', 'q'] as const) for (const [form, a, b] of [['weights', p, q], ['logits', logs(p), logs(q)]] as const) {
    await certified(valueAndGradient(rowsOf(engines.get(regime)!, a, form), rowsOf(engines.get(regime)!, b, form), { divergence: alphaDivergence, alpha, of }));
  }
});

test.each([-15, -2.5, -1, 0, 1, 3, 15])('logits and weights far apart, beyond f32, at α = %d', async (alpha) => {
  const a: Rows = [[0, -400, 1], [0, -60, -85], [300, -300, 0], [0, 0, 0], [-200, 200, none], [0, -20, -45], [0, 1, -30]];
  const b: Rows = [[-60, -180, 0], [0, -460, 3], [-300, 300, 0], [20, -20, 60], [-10, 10, 300], [-45, -20, 0], [0, 1, -72]];
  const powers = (rows: Rows): Rows => rows.map((row) => row.map((x) => Math.fround(2 ** Math.max(-149, Math.min(99, x)))));
  const engine = engines.get('lane')!;
  for (const of of ['p', 'q'] as const) {
    await certified(valueAndGradient(rowsOf(engine, a, 'logits'), rowsOf(engine, b, 'logits'), { divergence: alphaDivergence, alpha, of }));
    await certified(euclideanGradient(rowsOf(engine, powers(a), 'weights'), rowsOf(engine, powers(b), 'weights'), { divergence: alphaDivergence, alpha, of }));
  }
});

test('of logits it sums to 0, of weights it is orthogonal to the row', async () => {
  const engine = engines.get('workgroup')!;
  for (const form of ['logits', 'weights'] as const) {
    const [p, q] = randomPairs(200, 12, 5, form);
    const gradient = await euclideanGradient(rowsOf(engine, p, form), rowsOf(engine, q, form), { divergence: alphaDivergence, alpha: 0.4, of: 'p' }).read();
    p.forEach((row, index) => {
      const products = row.map((x, k) => (form === 'logits' ? 1 : x) * gradient[index * row.length + k]!);
      expect(Math.abs(sumOf(products))).toBeLessThanOrEqual(4 * ulp * sumOf(products.map(Math.abs)));
    });
  }
});

test('equal rows pull nowhere, also moved or scaled', async () => {
  const engine = engines.get('lane')!;
  const z = some.map((row) => row.map((x) => 8 * x));
  for (const of of ['p', 'q'] as const) for (const alpha of [-1, 0.3, 5]) {
    const moved = euclideanGradient(rowsOf(engine, z, 'logits'), rowsOf(engine, z.map((row) => row.map((x) => x + 1000)), 'logits'), { divergence: alphaDivergence, alpha, of });
    expect((await moved.read()).every((x) => x === 0)).toBe(true);
    const positive = z.map((row) => row.map((x) => x + 1));
    const scaled = euclideanGradient(rowsOf(engine, positive, 'weights'), rowsOf(engine, positive.map((row) => row.map((x) => 2048 * x)), 'weights'), { divergence: alphaDivergence, alpha, of });
    expect((await scaled.read()).every((x) => x === 0)).toBe(true);
  }
});

test('a row truncated to a part of its support is stationary there', async () => {
  const [q] = randomPairs(50, 20, 9, 'weights');
  const p = q.map((row) => row.map((x, k) => (k < 20 ? x : 0)));
  const engine = engines.get('workgroup')!;
  const gradient = await euclideanGradient(rowsOf(engine, p, 'weights'), rowsOf(engine, q, 'weights'), { divergence: klDivergence, of: 'p' }).read();
  expect([...gradient]).toEqual(p.flatMap((row) => row.map((x) => (x > 0 ? 0 : none))));
});

test('a step against it comes nearer', async () => {
  const engine = engines.get('lane')!;
  const [p, q] = [rowsOf(engine, [[0.5, 0.25, 0.25]], 'probabilities'), rowsOf(engine, [[0.25, 0.125, 0.625], [0.0625, 0.25, 0.6875]], 'probabilities')];
  const next = mirrorDescentStep(q, euclideanGradient(p, q, { divergence: alphaDivergence, alpha: -0.5, of: 'q' }), { stepSize: 0.125 });
  const [before, after] = [await alphaDivergence(p, q, { alpha: -0.5 }).read(), await alphaDivergence(p, next, { alpha: -0.5 }).read()];
  after.forEach((d, row) => expect(d).toBeLessThan(before[row]!));
});

describe('what a caller can get wrong', () => {
  const loose = dually as unknown as Record<string, (...args: unknown[]) => Tensor>;
  test.each(['euclideanGradient', 'valueAndGradient'])('%s', async (operation) => {
    const engine = engines.get('lane')!;
    const [p, z] = [rowsOf(engine, [[0.5, 0.5]], 'probabilities'), rowsOf(engine, [[0.5, 0.5]], 'logits')];
    const call = (...args: unknown[]) => (): Tensor => loose[operation]!(...args);
    const facts = { operation, argument: 'divergence', expected: 'a divergence of the α-family' };
    for (const bad of [dually.totalVariationDistance, undefined, 'klDivergence', {}]) await expectFailure(call(p, p, { divergence: bad, of: 'p' }), DomainError, 'domain', facts);
    for (const of of ['r', undefined]) await expectFailure(call(p, p, { divergence: klDivergence, of }), DomainError, 'domain', { operation, argument: 'of', expected: '"p" or "q"' });
    for (const bad of [undefined, null]) await expectFailure(call(p, p, bad), DomainError, 'domain', { operation, argument: 'parameters' });
    // @ts-expect-error alphaDivergence has a parameter
    await expectFailure(() => euclideanGradient(p, p, { divergence: alphaDivergence, of: 'p' }), DomainError, 'domain', { argument: 'alpha', got: 'undefined' });
    await expectFailure(call(p, z, { divergence: klDivergence, of: 'p' }), DomainError, 'domain', { operation, argument: 'q', got: 'rows of logits' });
    await expectFailure(call(p, rowsOf(engine, [[1, 1, 1]], 'weights'), { divergence: klDivergence, of: 'p' }), ShapeError, 'shape', { operation, argument: 'q', got: '3' });
    await expectFailure(call(p, [0.5, 0.5], { divergence: klDivergence, of: 'p' }), ShapeError, 'shape', { operation, argument: 'q' });
  });

  test('beyond |α| = 15 the CPU does it', async () => {
    using engine = await openEngine({ backend: 'auto' });
    const [p, q] = [rowsOf(engine, [[0.5, 0.5]], 'probabilities'), rowsOf(engine, [[0.25, 0.75]], 'probabilities')];
    const gradient = euclideanGradient(p, q, { divergence: alphaDivergence, alpha: 16, of: 'q' });
    expect((await gradient.read()).every(Number.isFinite)).toBe(true);
    expect(gradient.report).toMatchObject({ backend: 'cpu', reason: expect.stringContaining('α is 16') });
  });
});
