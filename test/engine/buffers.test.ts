/** GPUBuffers in and out on a device of the caller's. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { alphaDivergence, fisherInformation, hellingerDistance, klDivergence, mirrorDescent, mirrorDescentStep } from '../../src/index.ts';
import { download } from './download.ts';
import { randomRows, randomValues } from './random-rows.ts';

const [rows, outcomes] = [7, 5];
const uncaptured: string[] = [];
const handler = (event: GPUUncapturedErrorEvent): void => { uncaptured.push(event.error.message); };
let device: GPUDevice;
let engine: Engine;
beforeAll(async () => {
  device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  device.onuncapturederror = handler;
  engine = await openEngine({ device });
});
afterAll(() => {
  engine.dispose();
  device.destroy();
});

function upload(data: Float32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({ size: data.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

test('a GPUBuffer in gives what the same numbers in an array give', async () => {
  const data = randomRows(rows, outcomes, 1);
  const buffer = upload(data);
  const fromBuffer = engine.rows(buffer, { outcomes, form: 'weights' });
  expect(fromBuffer.shape).toEqual([rows, outcomes]);
  const q = engine.rows(randomRows(1, outcomes, 2), { outcomes, form: 'weights' });
  const divergence = klDivergence(fromBuffer, q);
  expect(await divergence.read()).toEqual(await klDivergence(engine.rows(data, { outcomes, form: 'weights' }), q).read());
  expect(divergence.report).toMatchObject({ backend: 'webgpu', bytesUp: 4 * outcomes }); // q alone
  expect(await fromBuffer.read()).toEqual(data);
  expect(await fromBuffer.buffer()).toBe(buffer);
  fromBuffer.dispose();
  expect(await download(device, buffer)).toEqual(data); // the caller's buffer is not the engine's to destroy
});

test('values in a GPUBuffer', async () => {
  const data = randomValues(rows, outcomes, 3);
  const p = engine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' });
  const [fromBuffer, fromArray] = [upload(data), data].map((given) => mirrorDescentStep(p, engine.values(given, { outcomes }), { stepSize: 0.5 }));
  expect(await fromBuffer!.read()).toEqual(await fromArray!.read());
});

test('a good buffer needs no COPY_SRC', async () => {
  const data = randomRows(rows, outcomes, 1);
  const buffer = device.createBuffer({ size: data.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, data);
  const p = engine.rows(buffer, { outcomes, form: 'weights' });
  expect(await hellingerDistance(p, p).read()).toEqual(new Float32Array(rows));
});

test('buffer() holds just the result, and can be wrapped again', async () => {
  const p = engine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' });
  const v = engine.values(randomValues(rows, outcomes, 3), { outcomes });
  const step = mirrorDescentStep(p, v, { stepSize: 0.5 });
  const buffer = await step.buffer() as unknown as GPUBuffer;
  expect(buffer.size).toBe(4 * rows * outcomes);
  expect(step.report).toMatchObject({ operation: 'mirrorDescentStep', backend: 'webgpu', chunks: 1, bytesDown: 0 });
  expect(await download(device, buffer)).toEqual(await step.read());
  expect(await step.buffer()).toBe(buffer);
  const again = engine.rows(buffer, { outcomes });
  expect(again.shape).toEqual([rows, outcomes]);
  expect(await klDivergence(again, p).read()).toEqual(await klDivergence(step, p).read());
});

test('buffer() after read(), of a source, and of nothing', async () => {
  const data = randomRows(rows, outcomes, 4);
  const p = engine.rows(data, { outcomes, form: 'weights' });
  const information = fisherInformation(p, { coordinates: 'eta' });
  const read = await information.read();
  const { dispatches } = counters;
  expect(await download(device, await information.buffer() as unknown as GPUBuffer)).toEqual(read);
  expect(counters.dispatches).toBe(dispatches);
  expect(await download(device, await p.buffer() as unknown as GPUBuffer)).toEqual(data);
  const none = engine.rows([], { outcomes });
  for (const nothing of [none, klDivergence(none, none)]) {
    expect((await nothing.buffer()).size).toBe(4); // the smallest that can be bound
  }
});

test('buffer() of what only the CPU can do is uploaded', async () => {
  const [p, q] = [1, 2].map((seed) => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' }));
  const divergence = alphaDivergence(p!, q!, { alpha: 40 });
  const buffer = await divergence.buffer() as unknown as GPUBuffer;
  expect(divergence.report).toMatchObject({ backend: 'cpu', bytesUp: 4 * rows });
  expect(await download(device, buffer)).toEqual(await alphaDivergence(p!, q!, { alpha: 40 }).read());
});

test("a result feeds the caller's own dispatch", async () => {
  const p = engine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' });
  const q = engine.rows(randomRows(rows, outcomes, 2), { outcomes, form: 'weights' });
  const divergence = klDivergence(p, q);
  const module = device.createShaderModule({ code: `
    @group(0) @binding(0) var<storage, read_write> x: array<f32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) { if (id.x < arrayLength(&x)) { x[id.x] *= 2.0; } }` });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const expected = (await divergence.read()).map((x) => 2 * x);
  const buffer = await divergence.buffer() as unknown as GPUBuffer;
  const commands = device.createCommandEncoder();
  const pass = commands.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }));
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([commands.finish()]);
  expect(await download(device, buffer)).toEqual(expected);
});

test('dispose leaves the device and its error handler alone', async () => {
  const mine = await openEngine({ device });
  const p = mine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' });
  await hellingerDistance(p, p).read();
  await mine[Symbol.asyncDispose]();
  const data = randomRows(rows, outcomes, 5);
  expect(await download(device, upload(data))).toEqual(data);
  expect(device.onuncapturederror).toBe(handler);
  const q = engine.rows(data, { outcomes, form: 'weights' });
  expect(await hellingerDistance(q, q).read()).toEqual(new Float32Array(rows)); // another engine on the same device goes on
});

test('an error reaches the read that made it, and no other on the device', async () => {
  const stranger = await (await navigator.gpu.requestAdapter())!.requestDevice();
  using other = await openEngine({ device });
  const alien = other.rows(stranger.createBuffer({ size: 4 * rows * outcomes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC }), { outcomes, form: 'weights' });
  const p = engine.rows(randomRows(rows, outcomes, 1), { outcomes, form: 'weights' });
  const descent = (): Promise<unknown> => mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets: p }, { stepSize: 0.1, steps: 20 }).read();
  const [wrong, right] = await Promise.allSettled([klDivergence(alien, alien).read(), descent()]);
  expect(wrong).toMatchObject({ status: 'rejected', reason: { name: 'DeviceError', code: 'device' } });
  expect(right.status).toBe('fulfilled');

  const reading = descent();
  await Promise.resolve();
  device.pushErrorScope('validation'); // the caller's own mistake, while the engine works
  device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  await new Promise((resolve) => setTimeout(resolve));
  expect((await device.popErrorScope())?.message).toMatch(/usage/i);
  await reading;
  stranger.destroy();
});

test('no error stayed uncaptured', async () => {
  await device.queue.onSubmittedWorkDone();
  expect(uncaptured).toEqual([]);
});

test('buffer() of a source on an engine that checks', async () => {
  using checked = await openEngine({ device, check: 'all' });
  const data = randomRows(rows, outcomes, 5);
  expect(await download(device, await checked.rows(data, { outcomes, form: 'weights' }).buffer() as GPUBuffer)).toEqual(data);
});
