/** Rows within GPUBuffers: from a number on, and with room between them. What lies around them is NaN here, and counts for nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { piecesOf } from '../../src/engine/kernel.ts';
import { apply } from '../../src/engine/operation.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, klDivergence, nearest, probabilities } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { inputsOf, kernelUses, operations, parametersOf } from '../cases.ts';
import { expectFailure } from '../failure.ts';

let device: GPUDevice;
let engine: Engine;
beforeAll(async () => {
  device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  engine = await openEngine({ device, backend: 'webgpu' });
});
afterAll(() => {
  engine.dispose();
  device.destroy();
});

interface Place {
  readonly offset: number;
  readonly stride: number;
}

type Numbers = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** A buffer of NaN with rows in it. */
function placed(data: Numbers, outcomes: number, { offset, stride }: Place, tail = stride - outcomes): GPUBuffer {
  const rows = data.length / outcomes;
  const count = offset + (rows === 0 ? 0 : rows * stride - (stride - outcomes) + tail);
  const whole = data instanceof Float32Array ? new Float32Array(count).fill(Number.NaN) : new Uint16Array(count + (count % 2)).fill(0x7e00);
  for (let row = 0; row < rows; row++) whole.set(data.subarray(row * outcomes, (row + 1) * outcomes), offset + row * stride);
  const buffer = device.createBuffer({ size: whole.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
  device.queue.writeBuffer(buffer, 0, whole);
  return buffer;
}

/** The same rows within a buffer. */
async function inBuffer(of: Engine, tensor: Tensor, place: Place): Promise<Tensor> {
  const { width: outcomes, form, rows } = tensor;
  const buffer = placed(await tensor.read(), outcomes, place);
  const options = { outcomes, ...place, rows };
  return form === 'values' ? of.values(buffer, options) : of.rows(buffer, { ...options, form });
}

test('every kernel that asks where rows begin asks how far on the next one is', () => {
  for (const { name, kernel, dispatch } of kernelUses(engine)) {
    if (name === 'exertion') continue; // goes through one row of its own
    const source = piecesOf(kernel, dispatch, 'lane').map((piece) => piece.source).join('');
    for (const [, input] of source.matchAll(/uniforms\.(\w+)_start/g)) expect(source, name).toContain(`uniforms.${input}_stride`);
  }
});

const some = ['klDivergence', 'divergenceMatrix', 'mirrorDescent', 'populationStabilityIndex', 'fisherVectorProduct'];

describe.each<[outcomes: number, rows: number, single: number | undefined, place: Place]>([
  [3, 7, undefined, { offset: 1, stride: 5 }], [16, 12, undefined, { offset: 2, stride: 16 }], [20, 9, 1, { offset: 4, stride: 24 }],
])('%i outcomes, %i rows, one row of argument %s, at %o', (outcomes, rows, single, place) => {
  test.each(operations.filter(({ name }) => some.includes(name)))('$name gives what the same rows in an array give', async ({ name, operation, takesLogits }) => {
    const parameters = parametersOf(name)[0]!;
    for (const form of takesLogits ? ['weights', 'logits'] as const : ['weights'] as const) {
      const inputs = inputsOf(engine, operation, parameters, { outcomes, rows, form, ...(single !== undefined && { single }) });
      const given = await Promise.all(inputs.map((input) => inBuffer(engine, input, { offset: place.offset, stride: place.stride - outcomes + input.width })));
      try {
        apply(operation, inputs, parameters);
      } catch (error) {
        if (error instanceof DomainError && form === 'logits') continue; // some take none
        throw error;
      }
      expect(await apply(operation, given, parameters).read(), form).toEqual(await apply(operation, inputs, parameters).read());
    }
  });
});

const [outcomes, rows] = [5, 40];
const data = Float32Array.from({ length: rows * outcomes }, (_, k) => 1 + ((k * 7) % 11));
const q = (of: Engine): Tensor => of.rows([[1, 2, 3, 4, 5]], { outcomes, form: 'weights' });
const expected = (): Promise<Float32Array> => klDivergence(engine.rows(data, { outcomes, form: 'weights' }), q(engine)).read();

test('what is read, what the CPU needs, and what the reference checks', async () => {
  const place = { offset: 3, stride: 8 };
  const p = engine.rows(placed(data, outcomes, place), { outcomes, form: 'weights', ...place });
  expect(p.shape).toEqual([rows, outcomes]);
  expect(await p.read()).toEqual(data);
  const far = await alphaDivergence(p, q(engine), { alpha: 20 }).read();
  expect(far).toEqual(await alphaDivergence(engine.rows(data, { outcomes, form: 'weights' }), q(engine), { alpha: 20 }).read());
  using checked = await openEngine({ device, check: 'all' });
  const kl = klDivergence(checked.rows(placed(data, outcomes, place), { outcomes, form: 'weights', ...place }), q(checked));
  expect(await kl.read()).toEqual(await expected());
  expect(kl.report.certificate).toMatchObject({ passed: true, rowsChecked: rows });
});

test('halves, widened and not', async () => {
  const halves = Uint16Array.from({ length: rows * outcomes }, (_, k) => 0x3c00 + 64 * ((k * 7) % 11));
  const dense = engine.rows(halves, { outcomes, form: 'weights', storage: 'f16' });
  for (const place of [{ offset: 0, stride: 6 }, { offset: 3, stride: 5 }, { offset: 1, stride: 8 }]) {
    const p = engine.rows(placed(halves, outcomes, place), { outcomes, form: 'weights', storage: 'f16', ...place });
    expect(p.shape).toEqual([rows, outcomes]);
    expect(await p.read()).toEqual(await dense.read());
    expect(await klDivergence(p, q(engine)).read()).toEqual(await klDivergence(dense, q(engine)).read());
    expect(await probabilities(p).read()).toEqual(await probabilities(dense).read());
  }
});

test('buffers that are larger than a binding, block by block', async () => {
  using small = await openEngine({ device }, { limits: { maxStorageBufferBindingSize: 256, maxBufferSize: 256 } });
  for (const place of [{ offset: 0, stride: 8 }, { offset: 101, stride: 7 }, { offset: 0, stride: 5 }]) {
    const p = small.rows(placed(data, outcomes, place), { outcomes, form: 'weights', ...place });
    const kl = klDivergence(p, q(small));
    expect(await kl.read()).toEqual(await expected());
    expect(kl.report.chunks).toBeGreaterThan(1);
    const [here, there] = [nearest(p, p, { k: 2, divergence: klDivergence }), nearest(engine.rows(data, { outcomes, form: 'weights' }), engine.rows(data, { outcomes, form: 'weights' }), { k: 2, divergence: klDivergence })];
    expect(await here.read()).toEqual(await there.read());
  }
});

test('a bad row is called by its index', async () => {
  const bad = data.slice();
  bad[17 * outcomes + 2] = -1;
  const place = { offset: 2, stride: 6 };
  const p = engine.rows(placed(bad, outcomes, place), { outcomes, form: 'weights', ...place });
  await expectFailure(() => klDivergence(p, q(engine)).read(), DomainError, 'domain', { operation: 'klDivergence', argument: 'p', row: 17, got: '-1 at outcome 2' });
});

test('how many rows there are', async () => {
  const shapeOf = (size: number, options: object): readonly number[] => engine.values(device.createBuffer({ size, usage: GPUBufferUsage.STORAGE }), { outcomes: 3, ...options }).shape;
  expect(shapeOf(64, { rows: 5 })).toEqual([5, 3]); // 60 bytes, in whole lines of 16
  expect(shapeOf(64, { stride: 4 })).toEqual([4, 3]);
  expect(shapeOf(60, { stride: 4 })).toEqual([4, 3]); // without the room behind the last row
  expect(shapeOf(64, { offset: 1, stride: 4 })).toEqual([4, 3]);
  expect(shapeOf(64, { offset: 4 })).toEqual([4, 3]);
  expect(shapeOf(64, { offset: 16 })).toEqual([0, 3]);
  expect(shapeOf(64, { stride: 4, rows: 2 })).toEqual([2, 3]);
  const facts = { operation: 'engine.values', argument: 'data' };
  for (const options of [{}, { offset: 2 }, { offset: 17 }, { rows: 6 }, { offset: 8, rows: 3 }, { stride: 5, rows: 4 }]) await expectFailure(() => shapeOf(64, options), ShapeError, 'shape', facts);
  for (const [name, values] of Object.entries({ offset: [-1, 0.5, '1', Number.NaN, 2 ** 60, 1n], stride: [2, -4, 3.5, Infinity], rows: [-1, 1.5, '2'] })) {
    for (const value of values) await expectFailure(() => shapeOf(64, { [name]: value }), ShapeError, 'shape', { operation: 'engine.values', argument: name });
  }
});

test('of arrays they are not asked for', async () => {
  for (const name of ['offset', 'stride', 'rows', 'byteOffset']) {
    await expectFailure(() => engine.rows(new Float32Array(4), { outcomes: 2, [name]: 2 }), DomainError, 'domain', { operation: 'engine.rows', argument: name });
  }
});

test("the buffer of one engine's result is a source of another one", async () => {
  using other = await openEngine({ device });
  const result = probabilities(engine.rows(data, { outcomes, form: 'weights' }));
  const p = other.rows(await result.buffer(), { outcomes });
  expect(p.shape).toEqual([rows, outcomes]);
  expect(await klDivergence(p, q(other)).read()).toEqual(await klDivergence(result, q(engine)).read());
});
