/** What the certificates of an engine promise: bounded cost, failures that can be reproduced, and a way on. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { CertificateError } from '../../src/engine/errors.ts';
import { apply, type Operation } from '../../src/engine/operation.ts';
import type { Reproduction } from '../../src/engine/reproduction.ts';
import { divergenceMatrix, klDivergence, openEngine, type EngineOptions, type Tensor } from '../../src/index.ts';
import { expectFailure, thrownBy } from '../failure.ts';
import { randomRows } from './random-rows.ts';
import { copying } from './spoiled.ts';

const [rows, outcomes] = [20, 4];
const slow = /Firefox/.test(globalThis.navigator.userAgent);

async function open(options: EngineOptions): Promise<Engine> {
  const engine = await openEngine(options);
  onTestFinished(() => engine.dispose());
  return engine;
}

/** Wrong for row 7 alone: the GPU is told so, the CPU normalises rows, and this one has another mass than 1. */
const spoiled = copying('x * 1.001', () => ({ name: 'normalisedRows' }));
const exact = Float32Array.from({ length: rows * outcomes }, (_, k) => (k % outcomes === 0 ? 0.5 : k % outcomes === 1 ? 0.25 : 0.125) * (Math.floor(k / outcomes) === 7 ? 1.5 : 1));
const wrongOn = (engine: Engine): Tensor => apply(spoiled, [engine.rows(exact, { outcomes, form: 'weights' })], {});

/** The arguments of a saved row, wrapped for an engine. */
function wrapped(engine: Engine, saved: Reproduction): Tensor[] {
  return saved.arguments.map(({ rows: numbers, form, outcomes: width }) => {
    const data = numbers!.map((row) => row.map(Number));
    return form === 'values' ? engine.values(data, { outcomes: width }) : engine.rows(data, { outcomes: width, form });
  });
}

describe.each(['cpu', 'webgpu'] as const)('a wrong result on %s', (backend) => {
  test('throws, and can be reproduced from plain data', async () => {
    const engine = await open({ backend, check: 'all' });
    const wrong = wrongOn(engine);
    const failure = await expectFailure(() => wrong.read(), CertificateError, 'certificate', { operation: 'spoiled', row: 7 }) as CertificateError;
    expect(failure.cause).toBe(wrong.report);
    const saved = JSON.parse(JSON.stringify(failure.reproduction)) as Reproduction;
    expect(saved).toEqual(failure.reproduction);
    expect(saved).toMatchObject({ operation: 'spoiled', parameters: {}, row: 7, arguments: [{ name: 'p', form: 'weights', outcomes, rows: [[...exact.subarray(28, 32)]] }], expected: [...exact.subarray(28, 32)] });
    if (backend === 'webgpu') return; // where row 7 is wrong whatever it holds
    const again = await expectFailure(() => apply(spoiled, wrapped(engine, saved), saved.parameters as object).read(), CertificateError, 'certificate', { row: 0 }) as CertificateError;
    expect(again.reproduction).toEqual({ ...saved, row: 0 });
  });

  test('is made anew by the reference where the caller wants that', async () => {
    const engine = await open({ backend, check: { rows: 'all', onFailure: 'fallback' } });
    const events: unknown[] = [];
    engine.on('fallback', (event) => events.push(event));
    const wrong = wrongOn(engine);
    expect(await wrong.read()).toEqual(exact);
    const { report } = wrong;
    expect(report).toMatchObject({ backend: 'reference', adapter: 'CPU', reason: expect.stringMatching(/^row 7 is \S+ ulp from the reference \(.+\)$/) as string, certificate: { passed: false, worstRow: 7, reproduction: { row: 7 } } });
    expect(report.milliseconds.total).toBeGreaterThanOrEqual(report.milliseconds.check!);
    expect(events).toEqual([{ operation: 'spoiled', reason: report.reason }]);
    expect(await wrong.read()).toEqual(exact); // on the GPU it has been put right
  });
});

test('a wrong result stays suspect: its row is looked at again, in debt or not', async () => {
  const engine = await open({ backend: 'cpu', check: 'sample' });
  const wrong = apply(spoiled, [engine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' })], {}); // in every row
  const first = await thrownBy(() => wrong.read()) as CertificateError;
  expect(first.code).toBe('certificate');
  for (let k = 0; k < 5; k++) expect(await thrownBy(() => wrong.read())).toMatchObject({ code: 'certificate', cause: { certificate: { rowsChecked: expect.any(Number) as number } } });
});

describe('on WebGPU', () => {
  test('buffers have certificates too, and are made anew', async () => {
    const [throwing, falling] = [await open({ backend: 'webgpu', check: 'all' }), await open({ backend: 'webgpu', check: { rows: 'all', onFailure: 'fallback' } })];
    const wrong = wrongOn(throwing);
    for (let k = 0; k < 2; k++) expect(await thrownBy(() => wrong.buffer())).toMatchObject({ code: 'certificate', row: 7 });
    const right = wrongOn(falling);
    const buffer = await right.buffer();
    expect(right.report).toMatchObject({ backend: 'reference', certificate: { passed: false } });
    expect(await falling.values(buffer, { outcomes }).read()).toEqual(exact);
    expect(await right.buffer()).toBe(buffer);
  });

  test('a buffer that is right has a certificate', async () => {
    const engine = await open({ backend: 'webgpu', check: { rows: 'sample', seed: 5 } });
    const p = engine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' });
    const divergence = klDivergence(p, p);
    await divergence.buffer();
    expect(divergence.report).toMatchObject({ bytesDown: 0, certificate: { passed: true, seed: 5 } });
    expect(divergence.report.certificate!.rowsChecked).toBeGreaterThan(0);
  });
});

describe('samples', () => {
  const divergence = (engine: Engine, count = 400): Tensor => klDivergence(
    engine.rows(randomRows(count, outcomes, 1), { outcomes, form: 'weights' }), engine.rows(randomRows(1, outcomes, 2), { outcomes, form: 'weights' }),
  );

  test('the first run is checked, and each run has the next seed', async () => {
    const engine = await open({ backend: 'cpu', check: { rows: 'sample', seed: 2 ** 32 - 1 } });
    const results = [divergence(engine), divergence(engine)];
    for (const result of results) await result.read();
    const [first, second] = results.map(({ report }) => report.certificate!);
    expect(first!.rowsChecked).toBeGreaterThanOrEqual(1);
    expect([first!.seed, second!.seed]).toEqual([2 ** 32 - 1, 0]);
  });

  test('cost 5 % of the runs and a row, as the certificates themselves say', async () => {
    const engine = await open({ backend: 'cpu', check: 'sample' });
    let [spent, dearest, checked, unchecked, share] = [0, 0, 0, 0, 0];
    for (let k = 0; k < (slow ? 200 : 600); k++) {
      const result = divergence(engine, 1 + (k % 300));
      await result.read();
      const { certificate } = result.report;
      const { rowsChecked, milliseconds, reason, shareOfAll, passed, worstRow } = certificate!;
      if (rowsChecked === 0) {
        unchecked++;
        expect(reason).toMatch(/^no row, for one may take \d\S* ms, and checks have taken \d\S* of their 5 % of the time of the runs$/);
        expect([milliseconds, worstRow, passed]).toEqual([0, -1, true]);
      } else checked++;
      [spent, dearest, share] = [spent + milliseconds, Math.max(dearest, milliseconds), shareOfAll];
    }
    expect(checked).toBeGreaterThan(0);
    expect(checked + unchecked).toBe(slow ? 200 : 600);
    if (share > 0) expect(spent - 0.05 * (spent / share)).toBeLessThanOrEqual(dearest + 1e-6); // shares are of the engine's own clock
  });

  test('look at some columns of all pairs, so that even a single run of very many is looked at', async () => {
    const engine = await open({ backend: 'cpu', check: { rows: 'sample', seed: 5 } });
    const [p, q] = [[1, 3], [2, 20_000]].map(([seed, count]) => engine.rows(randomRows(count!, 64, seed!), { outcomes: 64, form: 'weights' })) as [Tensor, Tensor];
    const matrix = divergenceMatrix(p, q, { divergence: klDivergence });
    await matrix.read();
    const { certificate } = matrix.report;
    expect(certificate).toMatchObject({ passed: true, rows: 3, columnsChecked: 64, columns: 20_000 });
    expect(certificate!.rowsChecked).toBeGreaterThan(0);
    expect(certificate!.reason).toMatch(/^[123] of 3 rows in 64 of 20000 columns, chosen by the seed, for which 5 % of the time of the runs allows$/);
  });

  test('leave a row that is expected to be dear until runs have paid for it, and say so', async () => {
    const engine = await open({ backend: 'cpu', check: 'sample' });
    const dear: Operation<object> = { ...copying('x', () => ({ name: 'normalisedRows' })), passes: () => 1e9 };
    const result = apply(dear, [engine.rows([[0.5, 0.5]], { outcomes: 2 })], {});
    await result.read();
    expect(result.report.certificate).toMatchObject({
      rowsChecked: 0, columnsChecked: 0, seed: 20_240_611, milliseconds: 0, reason: 'no row, for one may take 4.00e+5 ms, and checks have taken 0.00 of their 5 % of the time of the runs',
    });
  });

  test('results of the reference need none', async () => {
    const engine = await open({ backend: 'reference', check: 'sample' });
    const result = divergence(engine);
    await result.read();
    expect(result.report.certificate).toBeUndefined();
  });
});

describe.each(['cpu', 'webgpu'] as const)('progress on %s', (backend) => {
  test.each(['sample', 'all', 'off'] as const)('with check: %s is one', async (check) => {
    const engine = await open({ backend, check });
    const calls: [number, number][] = [];
    await klDivergence(...[1, 2].map((seed) => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' })) as [Tensor, Tensor]).read({ onProgress: (...step) => calls.push(step) });
    const total = calls[0]![1];
    expect(calls.every(([done, of], k) => of === total && done > (calls[k - 1]?.[0] ?? 0))).toBe(true);
    expect(calls.at(-1)).toEqual([total, total]);
    if (check === 'all') expect(calls.length).toBeGreaterThan(rows);
  });

  test('a check can be aborted', async () => {
    const engine = await open({ backend, check: 'all' });
    const control = new AbortController();
    const p = engine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' });
    const run = klDivergence(p, p);
    const onProgress = (done: number, total: number): void => { if (done === total - 3) control.abort('enough'); };
    expect(await thrownBy(() => run.read({ signal: control.signal, onProgress }))).toBe('enough');
    expect(() => run.report).toThrow('one that has not');
  });
});

test('what is saved holds every number, also those that JSON lacks', async () => {
  const engine = await open({ backend: 'cpu', check: 'all' });
  const odd: Operation<object> = {
    ...copying('x', () => ({ name: 'softmaxRows' })), result: ([p]) => ({ shape: [p!.rows, 2], form: 'values' }), examples: [{}],
    reference: () => (_row, out) => out.set([Infinity, -0]),
  };
  const parameters = { alpha: -Infinity, list: new Float64Array([1, Number.NaN]), divergence: klDivergence, name: 'x', none: undefined };
  const failure = await thrownBy(() => apply(odd, [engine.rows([[0, -Infinity]], { outcomes: 2, form: 'logits' })], parameters).read()) as CertificateError;
  expect(failure.reproduction).toEqual({
    operation: 'spoiled', parameters: { alpha: '-Infinity', list: [1, 'NaN'], divergence: 'klDivergence', name: 'x' }, row: 0,
    arguments: [{ name: 'p', form: 'logits', outcomes: 2, rows: [[0, '-Infinity']] }], got: [1, 0], expected: ['Infinity', '-0'], ulps: 2 ** 23,
  });
  expect(JSON.parse(JSON.stringify(failure.reproduction))).toStrictEqual(failure.reproduction);
});

/** Divergences of all pairs, in which every difference counts as an error. */
const { operation: pairsOf } = divergenceMatrix;
const doubting = { ...pairsOf, tolerance: { ...pairsOf.tolerance, compare: undefined as never, ulps: () => 0, relativeTo: 'entry' as const } };

test('of all pairs a sample saves what its columns are made from, and later looks at the whole row', async () => {
  const engine = await open({ backend: 'cpu', check: { rows: 'sample', seed: 9 } });
  const [p, q] = [randomRows(1, 256, 3), randomRows(40, 256, 4)];
  const pairs = apply(doubting, [p, q].map((data) => engine.rows(data, { outcomes: 256, form: 'weights' })), { divergence: klDivergence });
  const first = await thrownBy(() => pairs.read()) as CertificateError;
  const { columns, arguments: [ofP, ofQ], expected, got } = first.reproduction;
  expect(columns!.length).toBe(16);
  expect([ofP!.rows, ofQ!.rows]).toEqual([[[...p]], columns!.map((column) => [...q.subarray(256 * column, 256 * (column + 1))])]);
  const whole = (await thrownBy(() => pairs.read()) as CertificateError).reproduction;
  expect(whole.columns).toBeUndefined();
  expect(whole.expected.length).toBe(40);
  expect([expected, got]).toEqual([whole.expected, whole.got].map((numbers) => columns!.map((column) => numbers[column])));
});

test('of all pairs every row of the other side is saved, unless they are too many', async () => {
  const engine = await open({ backend: 'cpu', check: 'all' });
  const [p, q] = [[3, 5], [2, 5]].map(([seed, count]) => engine.rows(randomRows(count!, outcomes, seed!), { outcomes, form: 'weights' })) as [Tensor, Tensor];
  const failure = await thrownBy(() => apply(doubting, [p, q], { divergence: klDivergence }).read()) as CertificateError;
  const { row, arguments: [ofP, ofQ], expected, got } = failure.reproduction;
  expect(ofP!.rows).toEqual([[...randomRows(5, outcomes, 3).subarray(row * outcomes, (row + 1) * outcomes)]]);
  expect(ofQ!.rows!.flat()).toEqual([...randomRows(5, outcomes, 2)]);
  expect([expected.length, got.length]).toEqual([5, 5]);
  const wide = engine.rows(new Float32Array(2 ** 21).fill(1), { outcomes: 2 ** 18, form: 'weights' });
  const narrow = await thrownBy(() => apply(doubting, [engine.rows(Float32Array.from({ length: 2 ** 18 }, (_, k) => 1 + (k % 3)), { outcomes: 2 ** 18, form: 'weights' }), wide], { divergence: klDivergence }).read()) as CertificateError;
  expect(narrow.reproduction.arguments.map(({ rows: saved }) => saved?.length)).toEqual([1, undefined]);
});
