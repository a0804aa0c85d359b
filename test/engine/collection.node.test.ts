/** What happens to buffers when tensors are collected; only Node lets a test ask for a collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { openEngine, type Engine } from '../../src/engine/engine.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { klDivergence } from '../../src/index.ts';
import { download } from './download.ts';
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
