import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { CertificateError } from '../../src/engine/errors.ts';
import { apply } from '../../src/engine/operation.ts';
import type { RunReport } from '../../src/engine/report.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { fisherInformation, klDivergence } from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { randomRows } from './random-rows.ts';
import { copying } from './spoiled.ts';

const [rows, outcomes] = [100, 6];
const engines: Engine[] = [];

async function open(options: Parameters<typeof openEngine>[0]): Promise<Engine> {
  const engine = await openEngine(options);
  engines.push(engine);
  return engine;
}
afterAll(() => { for (const engine of engines) engine.dispose(); });

const rowsOf = (engine: Engine, count: number, seed: number): Tensor => engine.rows(randomRows(count, outcomes, seed), { outcomes, form: 'weights' });

describe('a run on WebGPU', () => {
  let engine: Engine;
  beforeAll(async () => { engine = await open({ backend: 'webgpu' }); });

  test('tells everything about itself', async () => {
    const [p, q] = [rowsOf(engine, rows, 1), rowsOf(engine, 1, 2)];
    const divergence = klDivergence(p, q);
    expect(() => divergence.report).toThrow('one that has not');
    const { dispatches } = counters;
    await divergence.read();
    const report: RunReport = divergence.report;
    expect(report).toEqual({
      operation: 'klDivergence', shape: [rows], backend: 'webgpu', adapter: engine.info.adapter, reason: 'the caller asked for WebGPU', chunks: 1,
      dispatches: counters.dispatches - dispatches, bytesUp: 4 * (rows + 1) * outcomes, bytesDown: 4 * rows,
      milliseconds: { total: expect.any(Number) as number, gpu: expect.any(Number) as number },
    });
    expect(report.adapter).not.toBe('');
    expect(report.adapter).not.toBe('CPU');
    expect(report.dispatches).toBe(3); // two checks of data and the divergence
    expect(report.milliseconds.gpu).toBeGreaterThan(0);
    expect(report.milliseconds.total).toBeGreaterThanOrEqual(report.milliseconds.gpu!);
  });

  test('uploads and checks a source only once', async () => {
    const [p, q] = [rowsOf(engine, rows, 1), rowsOf(engine, rows, 2)];
    const [first, second, information] = [klDivergence(p, q), klDivergence(q, p), fisherInformation(p, { coordinates: 'theta' })];
    for (const result of [first, second, information]) await result.read();
    expect([first, second, information].map(({ report }) => report.bytesUp)).toEqual([8 * rows * outcomes, 0, 0]);
    expect(second.report.dispatches).toBe(1);
    expect(information.report).toMatchObject({ operation: 'fisherInformation', shape: [rows, outcomes - 1, outcomes - 1], dispatches: 2, bytesDown: 4 * rows * (outcomes - 1) ** 2 });
    await first.read();
    expect(first.report).toMatchObject({ dispatches: 0, bytesUp: 0, bytesDown: 4 * rows }); // the result is still there
    p.dispose();
    const again = rowsOf(engine, rows, 1);
    const divergence = klDivergence(again, q);
    await divergence.read();
    expect(divergence.report.bytesUp).toBe(4 * rows * outcomes);
  });
});

test('a run on the CPU tells everything about itself', async () => {
  const engine = await open({ backend: 'cpu' });
  const divergence = klDivergence(rowsOf(engine, rows, 1), rowsOf(engine, rows, 2));
  await divergence.read();
  expect(divergence.report).toEqual({
    operation: 'klDivergence', shape: [rows], backend: 'cpu', adapter: 'CPU', reason: 'the caller asked for the CPU', chunks: 1, dispatches: 0, bytesUp: 0, bytesDown: 0,
    milliseconds: { total: expect.any(Number) as number },
  });
  expect(engine.info).toEqual({ backend: 'cpu', adapter: 'CPU', reason: 'the caller asked for the CPU', limits: {} });
});

test('engine.info tells backend, adapter, reason and limits', async () => {
  const { info } = await open({});
  expect(info).toMatchObject({ backend: 'webgpu', reason: 'WebGPU has an adapter' });
  expect(Object.keys(info.limits).sort()).toEqual(['maxBufferSize', 'maxComputeWorkgroupsPerDimension', 'maxStorageBufferBindingSize']);
  expect(Object.values(info.limits).every((limit) => limit >= 65_535)).toBe(true);
});

describe('certificates', () => {
  test.each([['sample', { seed: 20_240_611 }], ['all', { rowsChecked: rows, reason: 'all rows' }]] as const)('of %s', async (check, facts) => {
    const engine = await open({ backend: 'webgpu', check });
    const divergence = klDivergence(rowsOf(engine, rows, 1), rowsOf(engine, rows, 2));
    await divergence.read();
    const { certificate, milliseconds } = divergence.report;
    expect(certificate).toEqual({
      rowsChecked: expect.any(Number) as number, rows, columnsChecked: 1, columns: 1, passed: true, reason: expect.any(String) as string, milliseconds: expect.any(Number) as number, share: expect.any(Number) as number,
      shareOfAll: expect.any(Number) as number, ...facts, worstRelativeError: expect.any(Number) as number, worstUlps: certificate!.worstRelativeError * 2 ** 23,
      worstRow: expect.any(Number) as number, tolerance: expect.stringMatching(/^4 ulp relative to the entry: /) as string, referenceMilliseconds: expect.any(Number) as number,
    });
    expect(certificate!.rowsChecked).toBeGreaterThan(0);
    if (check === 'all') expect(certificate!.worstUlps).toBeGreaterThan(0); // f32 and f64 differ somewhere
    expect(certificate!.worstUlps).toBeLessThanOrEqual(4);
    expect(certificate!.worstRow).toBeGreaterThanOrEqual(0);
    expect(certificate!.worstRow).toBeLessThan(rows);
    expect(milliseconds.check).toBeGreaterThan(0);
    expect(milliseconds.total).toBeGreaterThanOrEqual(milliseconds.check!);
  });

  test('a result on the CPU has none, for it is the reference', async () => {
    const engine = await open({ backend: 'cpu', check: 'all' });
    const divergence = klDivergence(rowsOf(engine, 3, 1), rowsOf(engine, 3, 2));
    await divergence.read();
    expect(divergence.report.certificate).toBeUndefined();
  });
});

describe('a kernel that computes wrongly', () => {
  test.each([['x * 1.001', /^8\.3.e\+3$|^8\.\d+e\+3$/], ['-x', /^1\.68e\+7$/], ['bitcast<f32>(0x7fc00000u + uniforms.rows - uniforms.rows)', /^Infinity$/]])('%s', async (spoil, ulps) => {
    const engine = await open({ backend: 'webgpu', check: 'all' });
    const p = rowsOf(engine, 20, 1);
    const wrong = apply(copying(spoil), [p], {});
    const facts = { operation: 'spoiled', row: 7, expected: 'a result within 1 ulp relative to the entry: a copy is exact' };
    for (const read of [() => wrong.read(), () => wrong.buffer(), () => wrong.read()]) {
      const error = await expectFailure(read, CertificateError, 'certificate', facts);
      expect(error.got).toMatch(/^an error of \S+ ulp$/);
      expect(error.got.split(' ')[3]).toMatch(ulps);
      expect(error.cause).toBe(wrong.report);
    }
    expect(wrong.report.certificate).toMatchObject({ passed: false, worstRow: 7, rowsChecked: 20 });
    const right = apply(copying('x'), [p], {});
    expect(await right.read()).toEqual(randomRows(20, outcomes, 1));
    expect(right.report.certificate).toMatchObject({ passed: true, worstUlps: 0 });
  });
});
