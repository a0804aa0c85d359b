/** An α for each row. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { ulp } from '../../src/engine/certificate.ts';
import { DomainError, LimitExceededError, ShapeError } from '../../src/engine/errors.ts';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { alphaDivergence } from '../../src/index.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { uniformFrom } from '../math/relative-error.ts';

const [rows, outcomes] = [60, 37];
const engines = new Map<string, Engine>();
beforeAll(async () => {
  for (const regime of ['lane', 'workgroup'] as const) engines.set(regime, await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { regime }));
  engines.set('cpu', await openEngine({ backend: 'cpu' }));
});
afterAll(() => engines.forEach((engine) => engine.dispose()));

/** Ratios from 1 to 2^±110 and some zeros; as logits, differences to 200 and some −∞. */
function randomRows(count: number, form: DistributionForm, seed: number): Float32Array<ArrayBuffer> {
  const uniform = uniformFrom(seed);
  const entry = form === 'weights' ? () => (uniform() < 0.03 ? 0 : 2 ** (-110 * uniform() ** 3)) : () => (uniform() < 0.03 ? -Infinity : 400 * (uniform() - 0.5) * uniform());
  return Float32Array.from({ length: count * outcomes }, entry);
}

/** Every kind of α, row after row. */
function randomAlphas(count: number, reach: number): Float64Array {
  const uniform = uniformFrom(17);
  const kinds = [() => -1, () => reach * (2 * uniform() - 1), () => 1 + 1e-7 * (uniform() - 0.5), () => uniform() - 1, () => 0];
  return Float64Array.from({ length: count }, (_, row) => kinds[row % kinds.length]!());
}

const pairOn = (engine: Engine, form: DistributionForm, count = rows): [Tensor, Tensor] => [
  engine.rows(randomRows(count, form, 1), { outcomes, form }), engine.rows(randomRows(count, form, 2), { outcomes, form }),
];

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  test.each([['weights', 3], ['weights', 15], ['logits', 3], ['logits', 15]] as const)('%s with |α| up to %d', async (form, reach) => {
    const alpha = randomAlphas(rows, reach);
    const d = alphaDivergence(...pairOn(engines.get(regime)!, form), { alpha });
    await d.read();
    expect(d.report).toMatchObject({ operation: 'alphaDivergence', backend: 'webgpu', certificate: { passed: true, rowsChecked: rows } });
    expect(d.report.certificate!.worstUlps).toBeLessThanOrEqual(reach === 3 ? 4 : 9);
  });
});

test.each(['weights', 'logits'] as const)('each row of %s is what a call with its α gives', async (form) => {
  const engine = engines.get('lane')!;
  const alpha = randomAlphas(12, 6);
  const together = await alphaDivergence(...pairOn(engine, form, 12), { alpha }).read();
  for (const [row, one] of alpha.entries()) {
    const alone = (await alphaDivergence(...pairOn(engine, form, 12), { alpha: one }).read())[row]!;
    if (alone === Infinity) expect(together[row]).toBe(Infinity);
    else expect(Math.abs(together[row]! - alone)).toBeLessThanOrEqual((Math.abs(one) <= 3 ? 4 : 12) * ulp * alone);
  }
});

test('one row at many α, one α in a list, f32 values of α, and the CPU', async () => {
  const [engine, cpu] = [engines.get('lane')!, engines.get('cpu')!];
  const alpha = Float32Array.from({ length: 1000 }, (_, index) => (index - 500) / 170 + 1e-4);
  const curve = alphaDivergence(...pairOn(engine, 'weights', 1), { alpha });
  expect(curve.shape).toEqual([1000]);
  await curve.read();
  expect(curve.report.certificate!.passed).toBe(true);
  expect((await alphaDivergence(...pairOn(engine, 'weights'), { alpha: [0.5] }).read()).length).toBe(rows);
  const onCpu = alphaDivergence(...pairOn(cpu, 'logits'), { alpha: randomAlphas(rows, 30) });
  expect([...await onCpu.read()].every((d) => d >= 0)).toBe(true);
  const beyond = alphaDivergence(...pairOn(engine, 'weights', 3), { alpha: [0, 20, 1] });
  await beyond.read();
  expect(beyond.report).toMatchObject({ backend: 'cpu', reason: 'the GPU kernel keeps its accuracy for |α| ≤ 15, and α is 20' });
});

test('a batch cut into chunks, rows of halves, and more tables than fit', async () => {
  const open = async (bytes: number): Promise<Engine> => openEngine(await placeFor('webgpu'), { regime: 'lane', limits: { maxStorageBufferBindingSize: bytes } });
  const [cut, small] = [await open(6000), await open(5000)];
  const alpha = Float64Array.from({ length: rows }, (_, row) => [-1, 0.5, 0, 2][row % 4]!);
  const d = alphaDivergence(...pairOn(cut, 'weights'), { alpha });
  expect(await d.read()).toEqual(await alphaDivergence(...pairOn(engines.get('lane')!, 'weights'), { alpha }).read());
  expect(d.report.chunks).toBeGreaterThan(1);
  await expectFailure(() => alphaDivergence(...pairOn(small, 'weights'), { alpha }).read(), LimitExceededError, 'limit-exceeded', { operation: 'alphaDivergence' });
  const halves = engines.get('lane')!.rows(Uint16Array.from({ length: 21 }, (_, k) => 0x3000 + 97 * k), { outcomes: 7, form: 'weights', storage: 'f16' });
  const fromHalves = alphaDivergence(halves, engines.get('lane')!.rows(new Float32Array(7).fill(1), { outcomes: 7, form: 'weights' }), { alpha: [-1, 0, 1] });
  await fromHalves.read();
  expect(fromHalves.report.certificate!.passed).toBe(true);
  for (const engine of [cut, small]) engine.dispose();
});

test('a new α compiles nothing, one a call or one a row', async () => {
  const engine = await openEngine({ backend: 'webgpu' });
  const sweep = Array.from({ length: 1000 }, (_, index) => (index - 500) / 40 + 1e-4); // |α| ≤ 12.5
  const pair = pairOn(engine, 'weights', 2);
  const both = [0.5, 10]; // the polynomials for |α| ≤ 4 and beyond
  for (const alpha of both) await alphaDivergence(...pair, { alpha }).read();
  for (const alpha of both) await alphaDivergence(...pair, { alpha: [alpha, 0] }).read();
  const before = counters.pipelines;
  for (const alpha of sweep.filter((_, index) => index % 40 === 0)) { // alpha-sweep.node.test.ts calls with each; a browser takes too long
    using d = alphaDivergence(...pair, { alpha });
    await d.read();
  }
  const one = pairOn(engine, 'weights', 1);
  for (const alpha of [sweep, sweep.map((x) => x / 4), Float32Array.from(sweep)]) {
    using d = alphaDivergence(...one, { alpha });
    await d.read();
    expect(d.report.backend).toBe('webgpu');
  }
  expect(counters.pipelines).toBe(before);
  engine.dispose();
});

describe.each(['lane', 'cpu'])('bad lists of α on the engine %s', (name) => {
  test.each([
    [[0, Number.NaN], DomainError, 'domain', { expected: 'a list of finite numbers', got: 'NaN at index 1' }],
    [['1', 2], DomainError, 'domain', { got: '"1" at index 0' }],
    [[1, 2, 3], ShapeError, 'shape', { expected: 'one α, or one for each of the 2 rows', got: '3' }],
    [[], ShapeError, 'shape', { got: '0' }],
    [{ length: 2 }, DomainError, 'domain', { expected: 'a finite number' }],
  ] as const)('%j', async (alpha, type, code, facts) => {
    const pair = pairOn(engines.get(name)!, 'weights', 2);
    await expectFailure(() => alphaDivergence(...pair, { alpha: alpha as unknown as number[] }), type, code, { operation: 'alphaDivergence', argument: 'alpha', ...facts });
  });

  test('no rows', async () => {
    expect(await alphaDivergence(...pairOn(engines.get(name)!, 'weights', 0), { alpha: [] }).read()).toEqual(new Float32Array(0));
  });
});
