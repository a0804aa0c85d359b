/** Blocks of a result overlap: while the host reads one, the device has the next already. */
import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { mirrorDescentStep } from '../../src/index.ts';
import { randomRows } from './random-rows.ts';

const [rows, outcomes] = [64, 16];
type Methods = Record<string, (...values: unknown[]) => unknown>;

/** Has something done after a method. */
function after(on: object, name: string, then: (result: unknown, values: readonly unknown[]) => void): void {
  const method = (on as Methods)[name]!.bind(on);
  (on as Methods)[name] = (...values) => {
    const result = method(...values);
    then(result, values);
    return result;
  };
}

/** Counts what is uploaded of so many bytes or more, and lets the host read only when more was uploaded and submitted since it asked. */
function holdReads(device: GPUDevice, bytes: number, isHeld: () => boolean): { readonly held: () => number } {
  let [uploads, submitted, held] = [0, 0, 0];
  const waiting: { readonly before: number; readonly go: () => void }[] = [];
  after(device.queue, 'writeBuffer', (_, [, , data]) => { if ((data as Float32Array).byteLength >= bytes) uploads++; });
  after(device.queue, 'submit', () => {
    submitted = uploads;
    for (const { before, go } of waiting) if (submitted > before) go();
  });
  after(device, 'createBuffer', (created) => {
    const buffer = created as GPUBuffer;
    if ((buffer.usage & GPUBufferUsage.MAP_READ) === 0) return;
    const mapAsync = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = async (...values) => {
      const before = submitted;
      if (isHeld()) {
        held++;
        await new Promise<void>((go) => { waiting.push({ before, go }); }); // for ever, if the next block waits for this one
      }
      await mapAsync(...values);
    };
  });
  return { held: () => held };
}

test('the next block is uploaded and submitted before the host has the one before', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  let left = 0;
  const reads = holdReads(device, 256, () => left-- > 0);
  const engine = await openEngine({ device }, { limits: { maxStorageBufferBindingSize: 512 } });
  const slope = engine.values(new Float32Array(outcomes).fill(1), { outcomes });
  const make = (seed: number): Tensor => mirrorDescentStep(engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' }), slope, { stepSize: 0.1 });
  const expected = await make(1).read();
  expect(reads.held()).toBe(0);
  const overlapped = make(1);
  left = rows * outcomes * 4 / 512 - 1; // of all blocks but the last
  expect(await overlapped.read()).toEqual(expected);
  expect(overlapped.report.chunks).toBe(8);
  expect(reads.held()).toBe(7);
  engine.dispose();
  device.destroy();
});
