/** What happens to buffers when tensors are collected, and to what an engine holds when it is; only Node lets a test ask for a collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { klDivergence, openEngine as openWithCpu } from '../../src/index.ts';
import { download } from './download.ts';
import { Workshop } from './own-worker.ts';
import { randomRows } from './random-rows.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const [rows, outcomes] = [33, 5];

async function collected(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
  }
}

async function bufferOfDivergence(engine: Engine, seed: number): Promise<GPUBuffer> {
  const [p, q] = [seed, seed + 1].map((each) => engine.rows(randomRows(rows, outcomes, each), { outcomes, form: 'weights' }));
  return await klDivergence(p!, q!).buffer() as unknown as GPUBuffer;
}

test('a buffer that was handed out keeps its numbers after its tensor is gone', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  using engine = await openEngine({ device });
  const buffer = await bufferOfDivergence(engine, 1);
  const before = await download(device, buffer);
  await collected();
  for (let seed = 10; seed < 14; seed++) expect(await bufferOfDivergence(engine, seed)).not.toBe(buffer);
  expect(await download(device, buffer)).toEqual(before);
});

test('buffers of tensors that nobody disposed of are used again', async () => {
  using engine = await openEngine({ backend: 'webgpu' });
  const evaluate = async (seed: number): Promise<void> => {
    const [p, q] = [seed, seed + 1].map((each) => engine.rows(randomRows(rows, outcomes, each), { outcomes, form: 'weights' }));
    await klDivergence(p!, q!).read();
  };
  for (let seed = 0; seed < 4; seed++) await evaluate(seed);
  const { buffers } = counters;
  for (let seed = 4; seed < 40; seed++) {
    await evaluate(seed);
    if (seed % 4 === 0) await collected();
  }
  expect(counters.buffers - buffers).toBeLessThan(30); // of 108
});

test('the workers of an engine that nobody disposed of end with it', async () => {
  const workshop = new Workshop();
  await (async () => {
    const engine = await openWithCpu({ backend: 'cpu', worker: workshop.make }, { pool: { workers: 2, worthwhile: 0, startAfter: 0 } });
    const p = engine.rows(randomRows(2000, outcomes, 1), { outcomes, form: 'weights' });
    for (let adapter = ''; !adapter.endsWith('threads');) { // not by expect.poll, which keeps what it calls
      const divergence = klDivergence(p, p);
      await divergence.read();
      ({ adapter } = divergence.report);
    }
    await collected();
    expect([workshop.workers.length, workshop.ended]).toEqual([2, 0]);
  })();
  await expect.poll(async () => {
    await collected();
    return workshop.ended;
  }).toBe(2);
});

test('a device of the caller’s keeps nothing of an engine that nobody disposed of', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const engine = await (async () => {
    const opened = await openEngine({ device });
    await bufferOfDivergence(opened, 1);
    return new WeakRef(opened);
  })();
  await expect.poll(async () => {
    await collected();
    return engine.deref();
  }).toBeUndefined();
  device.destroy();
});
