/** Buffers and data that go away while they are wanted: an error says so, and nothing else is handed out in their place. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { DeviceError, DomainError, LimitExceededError } from '../../src/engine/errors.ts';
import { BufferPool } from '../../src/engine/webgpu/buffer-pool.ts';
import { alphaDivergence, entropy, klDivergence } from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { placeFor } from './place.ts';
import { randomRows } from './random-rows.ts';

const [rows, outcomes] = [32, 8];
const form = 'weights' as const;

test.each(['webgpu', 'cpu'] as const)('data that were given away since they were wrapped, on %s', async (backend) => {
  using engine = await openEngine(await placeFor(backend));
  const earlier = await klDivergence(engine.rows(randomRows(rows, outcomes, 3), { outcomes, form }), engine.rows(randomRows(1, outcomes, 4), { outcomes, form })).read();
  expect(earlier.length).toBe(rows);
  const data = randomRows(rows, outcomes, 1);
  const divergence = klDivergence(engine.rows(data, { outcomes, form, transfer: true }), engine.rows(randomRows(1, outcomes, 2), { outcomes, form })); // which hands nothing over on this thread
  structuredClone(data.buffer, { transfer: [data.buffer] });
  for (let k = 0; k < 3; k++) {
    await expectFailure(() => divergence.read(), DomainError, 'domain', { operation: 'tensor.read', expected: 'data that is still there' });
  }
});

test('a tensor that is disposed of while its buffer is made', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  for (const isSource of [true, false]) {
    const p = engine.rows(randomRows(rows, outcomes, 1), { outcomes, form });
    const tensor = isSource ? p : klDivergence(p, engine.rows(randomRows(1, outcomes, 2), { outcomes, form }));
    const buffer = tensor.buffer();
    tensor.dispose();
    await expectFailure(() => buffer, DomainError, 'domain', { operation: 'tensor.buffer' });
  }
});

test('the buffer of a tensor that is disposed of while it is made is given back once', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  const [takes, gives] = [vi.spyOn(BufferPool.prototype, 'take'), vi.spyOn(BufferPool.prototype, 'give')];
  onTestFinished(() => void vi.restoreAllMocks());
  const divergence = klDivergence(engine.rows(randomRows(rows, outcomes, 1), { outcomes, form }), engine.rows(randomRows(1, outcomes, 2), { outcomes, form }));
  const buffer = divergence.buffer();
  divergence.dispose();
  await expectFailure(() => buffer, DomainError, 'domain', { operation: 'tensor.buffer' });
  const [taken, given] = [takes.mock.results.map(({ value }) => value as GPUBuffer), gives.mock.calls.map(([each]) => each)];
  expect(given.length).toBeGreaterThan(0);
  for (const each of new Set(given)) expect(given.filter((one) => one === each).length).toBeLessThanOrEqual(taken.filter((one) => one === each).length);
});

test('a buffer that cannot be made for a result of the CPU is not handed out', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  using engine = await openEngine({ device });
  const make = (): ReturnType<typeof klDivergence> => alphaDivergence(engine.rows(randomRows(rows, outcomes, 1), { outcomes, form }), engine.rows(randomRows(1, outcomes, 2), { outcomes, form }), { alpha: 40 });
  const [wanted, result] = [await make().read(), make()];
  const create = device.createBuffer.bind(device);
  const failing = vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => create({ ...descriptor, size: 2 * device.limits.maxBufferSize }));
  await expectFailure(() => result.buffer(), DeviceError, 'device', {});
  failing.mockRestore();
  expect((await result.buffer()).size).toBe(4 * rows);
  expect(await result.read()).toEqual(wanted);
  device.destroy();
});

test('buffers that callers took leave room for runs', async () => {
  using engine = await openEngine({ ...await placeFor('webgpu'), memoryBudget: 2 ** 18 });
  const source = (seed: number): ReturnType<typeof engine.rows> => engine.rows(randomRows(2 ** 13, 2, seed), { outcomes: 2, form }); // 64 KiB
  const taken = [1, 2, 3].map(source);
  for (const each of taken) await each.buffer();
  await expectFailure(() => source(4).buffer(), LimitExceededError, 'limit-exceeded', { operation: 'tensor.buffer' });
  const divergence = klDivergence(engine.rows(randomRows(1024, 2, 5), { outcomes: 2, form }), engine.rows(randomRows(1, 2, 6), { outcomes: 2, form }));
  await divergence.read();
  expect(divergence.report.chunks).toBeLessThan(16);
});

test('a buffer of the caller’s that was destroyed: the error names its argument', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const bufferOf = (usage: number): GPUBuffer => device.createBuffer({ size: 4 * rows * outcomes, usage: usage | GPUBufferUsage.STORAGE });
  for (const options of [{ device }, { device, check: 'all' as const }]) {
    using engine = await openEngine(options);
    const p = engine.rows(randomRows(rows, outcomes, 1), { outcomes, form });
    for (const usage of [GPUBufferUsage.COPY_SRC, GPUBufferUsage.COPY_DST]) {
      const buffer = bufferOf(usage);
      const q = engine.rows(buffer, { outcomes, form });
      buffer.destroy();
      const facts = { expected: 'a GPUBuffer that is still there', got: `one of shape [${rows}, ${outcomes}] that was destroyed` };
      await expectFailure(() => klDivergence(p, q).read(), DomainError, 'domain', { operation: 'klDivergence', argument: 'q', ...facts });
      await expectFailure(() => klDivergence(q, p).buffer(), DomainError, 'domain', { operation: 'klDivergence', argument: 'p', ...facts });
      await expectFailure(() => entropy(q).read(), DomainError, 'domain', { operation: 'entropy', argument: 'p', ...facts });
      if (usage === GPUBufferUsage.COPY_SRC) { // what the CPU does, and a source itself
        await expectFailure(() => alphaDivergence(p, q, { alpha: 1000 }).read(), DomainError, 'domain', { operation: 'alphaDivergence', argument: 'q', ...facts });
        await expectFailure(() => q.read(), DomainError, 'domain', { operation: 'tensor.read', argument: 'data', ...facts });
      }
    }
    expect(await klDivergence(p, p).read()).toEqual(new Float32Array(rows));
  }
  device.destroy();
});

test('a buffer of the engine’s that its caller destroyed is made anew', async () => {
  using engine = await openEngine(await placeFor('webgpu'));
  const divergence = klDivergence(engine.rows(randomRows(rows, outcomes, 1), { outcomes, form }), engine.rows(randomRows(1, outcomes, 2), { outcomes, form }));
  const expected = await divergence.read();
  (await divergence.buffer() as GPUBuffer).destroy();
  expect(await divergence.read()).toEqual(expected);
  expect(await klDivergence(engine.rows(randomRows(rows, outcomes, 1), { outcomes, form }), engine.rows(randomRows(1, outcomes, 2), { outcomes, form })).read()).toEqual(expected);
});
