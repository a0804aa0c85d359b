/** The α-divergences at a list of α, against the divergence at each of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { ulp } from '../../src/engine/certificate.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { alphaDivergence, alphaSpectrum } from '../../src/index.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { uniformFrom } from '../math/relative-error.ts';

const engines = new Map<string, Engine>();
beforeAll(async () => {
  for (const regime of ['lane', 'workgroup'] as const) engines.set(regime, await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { regime }));
  engines.set('cpu', await openEngine({ backend: 'cpu' }));
});
afterAll(() => engines.forEach((engine) => engine.dispose()));

type Rows = readonly number[][];
const uniform = uniformFrom(29);
const rowOf = (outcomes: number, entry: (k: number) => number): number[] => Array.from({ length: outcomes }, (_, k) => Math.fround(entry(k)));

/** Pairs of rows: unlike, near with other masses, a factor apart, far apart in mass, with zeros, over 200 powers of two. */
function weightPairs(outcomes: number): [Rows, Rows] {
  const p = rowOf(outcomes, () => 0.01 + uniform() ** 3);
  const pairs = [
    [p, rowOf(outcomes, () => uniform())],
    [p, rowOf(outcomes, (k) => 3 * p[k]! * (1 + 1e-4 * (uniform() - 0.5)))],
    [p, rowOf(outcomes, (k) => 8 * p[k]!)],
    [p, rowOf(outcomes, () => 2 ** -40 * uniform())],
    [rowOf(outcomes, (k) => (k % 3 === 0 ? 0 : uniform())), rowOf(outcomes, (k) => (k % 5 === 1 ? 0 : uniform()))],
    [p, rowOf(outcomes, (k) => (k % 2 === 0 ? 0 : uniform()))],
    [rowOf(outcomes, () => 2 ** (-100 * uniform() ** 3)), rowOf(outcomes, () => 2 ** (-100 * uniform() ** 3))],
  ];
  return [pairs.map(([x]) => x!), pairs.map(([, y]) => y!)];
}

/** Pairs of rows: unlike, near and moved by a constant, with −∞, far apart, and with terms that f32 cannot hold. */
function logitPairs(outcomes: number): [Rows, Rows] {
  const a = rowOf(outcomes, () => 4 * uniform());
  const deep = rowOf(outcomes, (k) => (k === 0 ? 0 : -88));
  const pairs = [
    [a, rowOf(outcomes, () => 6 * uniform())],
    [a, rowOf(outcomes, (k) => a[k]! + 20 + 1e-3 * uniform())],
    [rowOf(outcomes, (k) => (k % 3 === 1 ? -Infinity : uniform())), rowOf(outcomes, (k) => (k % 4 === 2 ? -Infinity : uniform()))],
    [rowOf(outcomes, (k) => (k === 0 ? 0 : -90 - 60 * uniform())), rowOf(outcomes, (k) => (k === 0 ? 0 : -20 - 300 * uniform()))],
    [deep, rowOf(outcomes, (k) => deep[k]! - 0.5 * (k % 2))],
  ];
  return [pairs.map(([x]) => x!), pairs.map(([, y]) => y!)];
}

const pairsOf = { weights: weightPairs, logits: logitPairs };
const lists = [[-1, -0.5, 0, 0.5, 1, 1 + 1e-9, -3], [2], [6, -1, 0.3, -8.5]];

async function expectSpectrum(engine: Engine, form: 'weights' | 'logits', outcomes: number, alphas: readonly number[]): Promise<void> {
  const [p, q] = pairsOf[form](outcomes).map((rows) => engine.rows(rows, { outcomes, form })) as [Tensor, Tensor];
  using spectrum = alphaSpectrum(p, q, { alphas });
  expect(spectrum.shape).toEqual([p.rows, alphas.length]);
  const together = await spectrum.read();
  expect(spectrum.report).toMatchObject({ backend: 'webgpu', dispatches: 3, certificate: { passed: true, rowsChecked: p.rows } });
  for (const [index, alpha] of alphas.entries()) {
    using single = alphaDivergence(p, q, { alpha });
    for (const [row, alone] of (await single.read()).entries()) {
      const got = together[row * alphas.length + index]!;
      if (alone === Infinity || alone === 0) expect(got, `α = ${alpha}, row ${row}`).toBe(alone);
      else expect(Math.abs(got - alone), `α = ${alpha}, row ${row}`).toBeLessThanOrEqual((Math.abs(alpha) <= 3 ? 4 : 12) * ulp * alone);
    }
  }
}

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  test.each(['weights', 'logits'] as const)('each entry of %s is what a call with its α gives', async (form) => {
    for (const alphas of lists) await expectSpectrum(engines.get(regime)!, form, 41, alphas);
  });

  test.each([2, 1500])('rows of %i outcomes', async (outcomes) => {
    for (const form of ['weights', 'logits'] as const) await expectSpectrum(engines.get(regime)!, form, outcomes, [0.5, -2, 1, -1, 0]);
  });
});

test('one row for all, rows of halves, a typed array of α, and the CPU', async () => {
  const alphas = Float32Array.of(-1, 0, 0.25, 1.5, 3);
  const halves = Uint16Array.from({ length: 21 }, (_, k) => 0x3000 + 97 * k);
  const on = async (engine: Engine): Promise<Float32Array> => {
    const p = engine.rows(halves, { outcomes: 7, form: 'weights', storage: 'f16' });
    const q = engine.rows([rowOf(7, (k) => k + 1)], { outcomes: 7, form: 'weights' });
    const spectrum = alphaSpectrum(p, q, { alphas });
    expect(spectrum.shape).toEqual([3, 5]);
    return spectrum.read();
  };
  const [gpu, cpu] = [await on(engines.get('lane')!), await on(engines.get('cpu')!)];
  gpu.forEach((d, index) => expect(Math.abs(d - cpu[index]!)).toBeLessThanOrEqual(6 * ulp * cpu[index]!));
});

test('cut into chunks', async () => {
  const cut = await openEngine(await placeFor('webgpu'), { regime: 'lane', limits: { maxStorageBufferBindingSize: 1024 } });
  const [p, q] = weightPairs(50);
  const on = (engine: Engine): Tensor => {
    const [x, y] = [p, q].map((rows) => engine.rows([...rows, ...rows], { outcomes: 50, form: 'weights' })) as [Tensor, Tensor];
    return alphaSpectrum(x, y, { alphas: [-1, 0, 1, 2, 3] });
  };
  const result = on(cut);
  expect(await result.read()).toEqual(await on(engines.get('lane')!).read());
  expect(result.report.chunks).toBeGreaterThan(2);
  cut.dispose();
});

test('a new list of α compiles nothing', async () => {
  const engine = engines.get('lane')!;
  const [p, q] = [[0.25, 0.75], [0.5, 0.5]].map((row) => engine.rows([row], { outcomes: 2 })) as [Tensor, Tensor];
  for (const alphas of [[0.5], [10]]) await alphaSpectrum(p, q, { alphas }).read();
  const before = counters.pipelines;
  for (let first = 0; first < 1000; first += 100) {
    using d = alphaSpectrum(p, q, { alphas: Array.from({ length: 100 }, (_, k) => (first + k - 500) / 40 + 1e-4) });
    await d.read();
  }
  expect(counters.pipelines).toBe(before);
});

test.each([
  [[], ShapeError, 'shape', { expected: 'at least one α' }],
  [[1, Infinity], DomainError, 'domain', { expected: 'a list of finite numbers', got: 'Infinity at index 1' }],
  [0.5, DomainError, 'domain', { expected: 'a list of finite numbers', got: '0.5' }],
  [undefined, DomainError, 'domain', { got: 'undefined' }],
] as const)('the list %j', async (alphas, type, code, facts) => {
  const p = engines.get('cpu')!.rows([[0.5, 0.5]], { outcomes: 2 });
  await expectFailure(() => alphaSpectrum(p, p, { alphas: alphas as unknown as number[] }), type, code, { operation: 'alphaSpectrum', argument: 'alphas', ...facts });
});
