/** What a caller can get wrong with devices, buffers and options. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import { openEngine } from '../src/engine/open.ts';
import { BackendUnavailableError, DomainError, ShapeError } from '../src/engine/errors.ts';
import { klDivergence, openEngine as openAnyEngine } from '../src/index.ts';
import { expectFailure } from './failure.ts';

describe('GPU buffers', () => {
  let engine: Engine;
  let device: GPUDevice;
  beforeAll(async () => {
    device = await (await navigator.gpu.requestAdapter())!.requestDevice();
    engine = await openEngine({ device });
  });
  afterAll(() => {
    engine.dispose();
    device.destroy();
  });
  const bufferOf = (size: number, usage: number): GPUBuffer => device.createBuffer({ size, usage });

  test('of the wrong size', async () => {
    const buffer = bufferOf(28, GPUBufferUsage.STORAGE);
    await expectFailure(() => engine.rows(buffer, { outcomes: 3 }), ShapeError, 'shape', { operation: 'engine.rows', argument: 'data', expected: 'a size that is a multiple of 12 bytes (rows of 3 f32)', got: '28 bytes' });
  });

  test('of the wrong usage', async () => {
    const buffer = bufferOf(24, GPUBufferUsage.COPY_SRC);
    await expectFailure(() => engine.values(buffer, { outcomes: 3 }), ShapeError, 'shape', { operation: 'engine.values', argument: 'data', expected: 'a GPUBuffer with usage STORAGE', got: `usage ${GPUBufferUsage.COPY_SRC}` });
  });

  test.each([['that can be copied', 0x4], ['that cannot be copied', 0]])('with a bad row, %s', async (_, flag) => {
    const data = new Float32Array([0.5, 0.5, 1, 0, 0.5, -0.5]);
    const buffer = bufferOf(data.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | flag);
    device.queue.writeBuffer(buffer, 0, data);
    const p = engine.rows(buffer, { outcomes: 2 });
    const error = await expectFailure(() => klDivergence(p, p).read(), DomainError, 'domain', { operation: 'klDivergence', argument: 'p', row: 2 });
    expect(error.got).toContain(flag === 0 ? 'cannot be copied from' : '-0.5 at outcome 1');
  });

  test('on an engine on the CPU', async () => {
    using cpu = await openEngine({ backend: 'cpu' });
    const buffer = bufferOf(24, GPUBufferUsage.STORAGE);
    await expectFailure(() => cpu.rows(buffer, { outcomes: 3 }), DomainError, 'domain', { operation: 'engine.rows', argument: 'data', got: 'a GPUBuffer' });
    const p = cpu.rows([[0.5, 0.5]], { outcomes: 2 });
    await expectFailure(() => klDivergence(p, p).buffer(), BackendUnavailableError, 'backend-unavailable', { operation: 'tensor.buffer', expected: 'an engine on WebGPU' });
  });
});

describe('openEngine', () => {
  const open = openAnyEngine as (options?: unknown) => Promise<Engine>;
  test.each([
    ['backend', { backend: 'gpu' }, '"auto", "webgpu", "cpu", "reference"', '"gpu"'], ['backend', { backend: null }, '"auto", "webgpu", "cpu", "reference"', 'null'],
    ['check', { check: 'none' }, '"off", "sample", "all"', '"none"'], ['check', { check: true }, '"off", "sample", "all"', 'true'], ['check', { check: null }, '"off", "sample", "all"', 'null'],
    ['check.rows', { check: {} }, '"sample", "all"', 'null'], ['check.rows', { check: { rows: 'off' } }, '"sample", "all"', '"off"'],
    ['check.onFailure', { check: { rows: 'all', onFailure: 'ignore' } }, '"throw", "fallback"', '"ignore"'],
    ['check.seed', { check: { rows: 'sample', seed: -1 } }, 'a whole number from 0 to 2³² − 1', '-1'], ['check.seed', { check: { rows: 'sample', seed: 0.5 } }, 'a whole number from 0 to 2³² − 1', '0.5'],
    ['check.seed', { check: { rows: 'sample', seed: 2 ** 32 } }, 'a whole number from 0 to 2³² − 1', '4294967296'], ['check.seed', { check: { rows: 'sample', seed: '7' } }, 'a whole number from 0 to 2³² − 1', '"7"'],
    ['check.seed', { check: { rows: 'sample', seed: Number.NaN } }, 'a whole number from 0 to 2³² − 1', 'NaN'],
    ['calibrate', { calibrate: 'no' }, 'true or false', '"no"'],
    ['device', { device: {} }, 'a GPUDevice', 'a value of type Object'], ['device', { device: null }, 'a GPUDevice', 'null'],
    ['device', { device: 'gpu', backend: 'webgpu' }, 'a GPUDevice', '"gpu"'],
    ['options', null, 'an object of named parameters', 'null'], ['options', 'webgpu', 'an object of named parameters', '"webgpu"'],
  ])('%s in %j', async (argument, options, expected, got) => {
    await expectFailure(() => open(options), DomainError, 'domain', { operation: 'openEngine', argument, expected, got });
  });

  test('a disposed engine', async () => {
    const engine = await openEngine({ backend: 'cpu' });
    const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
    engine.dispose();
    engine.dispose();
    const facts = { expected: 'a live engine', got: 'a disposed one', remedy: 'Open a new engine.' };
    await expectFailure(() => engine.rows([[1, 1]], { outcomes: 2 }), DomainError, 'domain', { operation: 'engine.rows', ...facts });
    await expectFailure(() => engine.values([[1, 1]], { outcomes: 2 }), DomainError, 'domain', { operation: 'engine.values', ...facts });
    await expectFailure(() => klDivergence(p, p).read(), DomainError, 'domain', { operation: 'tensor.read', ...facts });
    await expectFailure(() => klDivergence(p, p).buffer(), DomainError, 'domain', { operation: 'tensor.buffer', ...facts });
  });
});
