/** Batches that are cut into blocks give the same bits as batches that are not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { DomainError, LimitExceededError } from '../../src/engine/errors.ts';
import type { Limits } from '../../src/engine/plan.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import {
  alphaDivergence, alphaDivergenceMatrix, fisherInformation, fisherVectorProduct, hellingerDistance, klDivergence, mirrorDescent, mirrorDescentStep,
  naturalGradientStep, probabilities,
} from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { download } from './download.ts';
import { randomRows, randomValues } from './random-rows.ts';

const [rows, outcomes] = [50, 10];
let device: GPUDevice;
let whole: Engine;
let cut: Engine;
const opened: Engine[] = [];

async function open(limits?: Partial<Limits>): Promise<Engine> {
  const engine = await openEngine({ device }, limits && { limits });
  opened.push(engine);
  return engine;
}

beforeAll(async () => {
  device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  whole = await open();
  cut = await open({ maxBufferSize: 4096, maxStorageBufferBindingSize: 4096, maxComputeWorkgroupsPerDimension: 4 });
});
afterAll(() => {
  for (const engine of opened) engine.dispose();
  device.destroy();
});

async function expectSameBits(make: (engine: Engine) => Tensor, chunks: number, chunked = cut): Promise<void> {
  const [expected, got] = [make(whole), make(chunked)];
  const [x, y] = await Promise.all([expected.read(), got.read()]);
  expect(new Uint32Array(y.buffer)).toEqual(new Uint32Array(x.buffer));
  expect([expected.report?.chunks, got.report?.chunks]).toEqual([1, chunks]);
  expect(got.report).toMatchObject({ backend: 'webgpu', bytesDown: x.byteLength });
}

const p = (engine: Engine): Tensor => engine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' });
const one = (engine: Engine): Tensor => engine.rows(randomRows(1, outcomes, 2), { outcomes, form: 'weights' });
const logits = (engine: Engine, seed: number): Tensor => engine.rows(randomValues(rows, outcomes, seed), { outcomes, form: 'logits' });
const gradient = (engine: Engine): Tensor => engine.values(randomValues(rows, outcomes, 3), { outcomes });

const rowwise: [string, (engine: Engine) => Tensor, number][] = [
  ['klDivergence from one row for all', (engine) => klDivergence(p(engine), one(engine)), 4],
  ['klDivergence to one row for all', (engine) => klDivergence(one(engine), p(engine)), 4],
  ['alphaDivergence of logits', (engine) => alphaDivergence(logits(engine, 4), logits(engine, 5), { alpha: 0.3 }), 4],
  ['fisherInformation', (engine) => fisherInformation(p(engine), { coordinates: 'theta' }), 5],
  ['fisherInformation of logits', (engine) => fisherInformation(logits(engine, 6), { coordinates: 'logits' }), 5],
  ['fisherVectorProduct', (engine) => fisherVectorProduct(p(engine), gradient(engine), { coordinates: 'logits' }), 4],
  ['naturalGradientStep', (engine) => naturalGradientStep(p(engine), gradient(engine), { stepSize: 0.1, path: 'lc' }), 4],
  ['a chain', (engine) => {
    const step = mirrorDescentStep(probabilities(logits(engine, 7)), gradient(engine), { stepSize: 0.2 });
    return hellingerDistance(mirrorDescentStep(step, gradient(engine), { stepSize: -0.1 }), p(engine));
  }, 4],
  ['mirrorDescent', (engine) => mirrorDescent(p(engine), { kind: 'alphaDivergence', alpha: -0.5, targets: one(engine) }, { stepSize: 0.1, steps: 4 }), 4],
  ['mirrorDescent over components', (engine) => {
    const objective = { kind: 'alphaDivergence', alpha: -1, targets: p(engine), components: engine.rows(randomRows(6, outcomes, 8), { outcomes, form: 'weights' }) } as const;
    return mirrorDescent(engine.rows(new Float32Array(6).fill(1), { outcomes: 6, form: 'weights' }), objective, { stepSize: 0.1, steps: 4 });
  }, 4],
];
test.each(rowwise)('%s', (_, make, chunks) => expectSameBits(make, chunks));

describe('all pairs', () => {
  const matrix = (counts: readonly [number, number], width: number, alpha: number) => (engine: Engine): Tensor => {
    const [x, y] = counts.map((count, k) => engine.rows(randomRows(count, width, 10 + k), { outcomes: width, form: 'weights' }));
    return alphaDivergenceMatrix(x!, y!, { alpha });
  };

  test('evaluated directly, cut in rows and columns', async () => {
    const engine = await open({ maxBufferSize: 4096, maxStorageBufferBindingSize: 4096, maxComputeWorkgroupsPerDimension: 16 });
    await expectSameBits(matrix([23, 25], 100, 2.5), 9, engine);
    await expectSameBits(matrix([1, 25], 100, 2.5), 3, engine);
    await expectSameBits(matrix([23, 1], 100, 2.5), 3, engine);
  });

  test('by a product about a centre, cut in rows and columns', async () => {
    const engine = await open({ maxComputeWorkgroupsPerDimension: 3 });
    await expectSameBits(matrix([9, 12], 20, 0.5), 18, engine);
  });

  test('put together in one buffer', async () => {
    const engine = await open({ maxStorageBufferBindingSize: 4096, maxComputeWorkgroupsPerDimension: 16 });
    const make = matrix([23, 25], 100, 2.5);
    const result = make(engine);
    const buffer = await result.buffer() as unknown as GPUBuffer;
    expect(buffer.size).toBe(4 * 23 * 25);
    expect(result.report?.chunks).toBe(9);
    expect(await download(device, buffer)).toEqual(await make(whole).read());
  });
});

describe('bad rows', () => {
  const withBadRows = (...bad: number[]): Float32Array<ArrayBuffer> => {
    const data = randomRows(rows, outcomes, 1);
    for (const row of bad) data[row * outcomes + 3] = -1;
    return data;
  };

  test.each([[[37], 37], [[49, 36, 20], 20]])('%j', async (bad, row) => {
    const q = cut.rows(withBadRows(...bad), { outcomes, form: 'weights' });
    await expectFailure(() => klDivergence(p(cut), q).read(), DomainError, 'domain', { operation: 'klDivergence', argument: 'q', row, got: '-1 at outcome 3' });
    await expectSameBits((engine) => klDivergence(p(engine), one(engine)), 4);
  });

  test('in data that has to be uploaded in parts', async () => {
    const engine = await open({ maxBufferSize: 1024, maxStorageBufferBindingSize: 1024 });
    const q = engine.rows(withBadRows(37), { outcomes, form: 'weights' });
    await expectFailure(() => klDivergence(p(engine), q).read(), DomainError, 'domain', { argument: 'q', row: 37 });
    await expectSameBits((each) => klDivergence(p(each), p(each)), 2, engine);
  });
});

describe('what cannot be cut', () => {
  test('a row that does not fit', async () => {
    const wide = cut.rows(randomRows(2, 2000, 1), { outcomes: 2000, form: 'weights' });
    const facts = { operation: 'klDivergence', expected: 'tensors whose rows fit one binding of 4096 bytes' };
    const error = await expectFailure(() => klDivergence(wide, wide).read(), LimitExceededError, 'limit-exceeded', facts);
    expect(error.got).toContain('8000 bytes');
    await expectSameBits((engine) => klDivergence(p(engine), one(engine)), 4);
  });

  test('components that every row needs', async () => {
    const components = cut.rows(randomRows(120, outcomes, 1), { outcomes, form: 'weights' });
    const start = cut.rows(randomRows(1, 120, 1), { outcomes: 120, form: 'weights' });
    const descent = mirrorDescent(start, { kind: 'alphaDivergence', alpha: -1, targets: p(cut), components }, { stepSize: 0.1, steps: 1 });
    const error = await expectFailure(() => descent.read(), LimitExceededError, 'limit-exceeded', { operation: 'mirrorDescent' });
    expect(error.got).toContain('120');
  });

  test('a buffer larger than the device allows', async () => {
    const information = fisherInformation(p(cut), { coordinates: 'logits' });
    await expectFailure(() => information.buffer(), LimitExceededError, 'limit-exceeded', { operation: 'tensor.buffer', expected: 'a result of at most 4096 bytes', got: `${4 * rows * outcomes ** 2} bytes` });
  });
});
