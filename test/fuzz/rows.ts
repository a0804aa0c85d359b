/** Arguments of random calls as plain data, of which a failing call is printed, and the tensors that they stand for. */
import fc from 'fast-check';
import type { Engine } from '../../src/engine/engine.ts';
import { isLogits, type Form } from '../../src/engine/forms.ts';
import type { RowData } from '../../src/engine/sources.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { otherRealm } from '../engine/realm.ts';
import { masks } from '../masks.ts';
import { uniformFrom } from '../math/relative-error.ts';

/** One number an entry, from two uniform ones: the row's own, and one that all arguments of a call share. */
type Weight = (own: number, common: number, isHot: boolean) => number;

const kindsOfEntries = ['simplex', 'wide', 'tiny', 'peaked', 'subnormal', 'zeros', 'masked', 'oneHot', 'near', 'nearer', 'same', 'uniform', 'nothing'] as const;
const weights: Readonly<Record<(typeof kindsOfEntries)[number], Weight>> = {
  simplex: (own) => -Math.log1p(-own),
  wide: (own) => 10 ** (-38 + 67 * own),
  tiny: (own) => 2 ** (-100 * own),
  peaked: (own) => Math.tan(1.57 * own) ** 4 + 1e-12,
  subnormal: (own) => (own < 0.9 ? 1e-38 * own ** 2 : own),
  zeros: (own) => (own < 0.2 ? -0 : Math.max(0, own - 0.5)),
  masked: (own) => (own < 0.3 ? 0 : own), // of logits, a mask in place of a zero
  oneHot: (_, __, isHot) => (isHot ? 1 : 0),
  near: (own, common) => (0.01 + common ** 8) * (1 + 1e-4 * (own - 0.5)),
  nearer: (own, common) => (0.01 + common) * (1 + 4e-7 * (own - 0.5)),
  same: (_, common) => 0.01 + common ** 3,
  uniform: () => 1,
  nothing: () => 0,
};

const kinds = ['halves', 'Float32Array', 'Float64Array', 'rows', 'shared', 'buffer', 'placed', 'foreign', 'resizable', 'arrays'] as const;

const realm = await otherRealm();

/** What may be given in place of rows. */
const garbage: readonly unknown[] = [
  undefined, null, 3, 'abc', {}, [0.5, 0.5], [['1', 2]], [[0.5], [0.5, 0.5]],
  new Array(3), Object.assign([], { 2: [0.5, 0.5] }), Object.assign([], { 0: [1], 2: [1] }), [undefined], [null, [0.5, 0.5]], [Object.assign([], { 1: 0.5 })], ['ab'], [{ length: 2 }],
  new BigInt64Array(2), new DataView(new ArrayBuffer(8)), new ArrayBuffer(8), new Proxy(new Float32Array(2), {}), Symbol('rows'), goneArray(), realm.BigInt64Array.of(1n, 1n), realm.Array.of(1, 1), Promise.resolve([]),
];

function goneArray(): Float32Array {
  const array = new Float32Array(6);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

let taken = 0;

export interface RowSpec {
  /** As many as the call has, one for all, or a number of its own. */
  readonly rows: 'all' | 'one' | number;
  /** As many as the call has, or a number of its own. */
  readonly outcomes: 'all' | number;
  readonly form: Form;
  readonly kind: (typeof kinds)[number];
  readonly entries: (typeof kindsOfEntries)[number];
  /** Beside the call's, for what is the row's own. */
  readonly seed: number;
  /** One entry of a row in the middle is another. */
  readonly flaw?: number | undefined;
  /** The index of what is given in place of rows. */
  readonly garbage?: number | undefined;
}

/** Objects whose text is short. */
export const plain = { noNullPrototype: true } as const;

/** One time of so many; else nothing. */
export const seldom = <T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> => fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Rows of a form; most are as the call wants them. */
export function rowSpecs(form: fc.Arbitrary<Form>, asHalves: boolean): fc.Arbitrary<RowSpec> {
  const kind = fc.oneof({ weight: 3, arbitrary: fc.constant('Float32Array' as const) }, { weight: 4, arbitrary: fc.constantFrom(...kinds.slice(asHalves ? 0 : 1)) });
  return fc.record({
    rows: fc.oneof({ weight: 30, arbitrary: fc.constant('all' as const) }, { weight: 6, arbitrary: fc.constant('one' as const) }, { weight: 1, arbitrary: fc.constantFrom(0, 2, 3) }),
    outcomes: fc.oneof({ weight: 50, arbitrary: fc.constant('all' as const) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 5) }),
    form, kind, seed: fc.nat(999),
    entries: fc.constantFrom(...kindsOfEntries),
    flaw: seldom(fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, -0, 1e-40, 1e38, 3e38), 12),
    garbage: seldom(fc.nat(garbage.length - 1), 60),
  }, plain);
}

/** The shape that arguments of a call have unless they say otherwise. */
export interface Shape {
  readonly rows: number;
  readonly outcomes: number;
}

/** Makes the tensor; of a buffer, on the device if there is one. */
export function tensorOf(engine: Engine, device: GPUDevice | undefined, spec: RowSpec, shape: Shape): Tensor {
  const rows = spec.rows === 'all' ? shape.rows : spec.rows === 'one' ? 1 : spec.rows;
  const outcomes = spec.outcomes === 'all' ? shape.outcomes : spec.outcomes;
  const numbers = numbersOf(spec, rows, outcomes);
  const data = spec.garbage === undefined ? dataOf(spec.kind, numbers, outcomes, device) : garbage[spec.garbage];
  const options = { outcomes, ...(spec.garbage === undefined && optionsOf(spec.kind, outcomes, data)) };
  const tensor = spec.form === 'values' ? engine.values(data as RowData, options) : engine.rows(data as RowData, { ...options, form: spec.form });
  if (spec.garbage !== undefined) throw new Error(`garbage was taken for the ${++taken}th time`);
  if (spec.kind === 'resizable') (data as { buffer: Resizable }).buffer.resize(64 + 8 * numbers.length); // which takes nothing away
  return tensor;
}

type Resizable = ArrayBuffer & { resize(bytes: number): void };

function optionsOf(kind: RowSpec['kind'], outcomes: number, data: unknown): object {
  if (kind === 'halves') return { storage: 'f16' };
  return kind === 'placed' && !ArrayBuffer.isView(data) ? { offset: 3, stride: outcomes + 2 } : {};
}

function numbersOf({ form, entries, seed, flaw }: RowSpec, rows: number, outcomes: number): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(rows * outcomes);
  const [own, common] = [uniformFrom(seed), uniformFrom(outcomes)];
  for (let row = 0; row < rows; row++) {
    const w = Float64Array.from({ length: outcomes }, (_, k) => weights[entries](own(), common(), k === row % outcomes));
    if (!['nothing', 'oneHot'].includes(entries) && w.every((x) => !(x > 1e-30))) w[seed % outcomes] = 1;
    const mass = form === 'probabilities' || form === 'logProbabilities' ? w.reduce((sum, x) => sum + x, 0) || 1 : 1;
    const zero = entries === 'masked' ? masks[(seed + row) % masks.length]! : -Infinity;
    const entry = (x: number): number => (form === 'values' ? (own() < 0.5 ? -x : x) : !isLogits(form) ? x / mass : x === 0 ? zero : Math.log(x / mass));
    numbers.set(w.map(entry), row * outcomes);
  }
  if (flaw !== undefined) numbers.fill(flaw, Math.floor(numbers.length / 2), Math.floor(numbers.length / 2) + 1);
  return numbers;
}

function dataOf(kind: RowSpec['kind'], numbers: Float64Array<ArrayBuffer>, outcomes: number, device: GPUDevice | undefined): RowData {
  switch (kind) {
    case 'Float64Array': return numbers;
    case 'rows': return outcomes === 0 ? [] : Array.from({ length: numbers.length / outcomes }, (_, row) => [...numbers.subarray(row * outcomes, (row + 1) * outcomes)]);
    case 'shared': return typeof SharedArrayBuffer === 'function' ? sharedOf(numbers) : Float32Array.from(numbers);
    case 'halves': return Uint16Array.from(numbers, halfOf);
    case 'buffer': return device && numbers.length > 0 ? bufferOf(device, Float32Array.from(numbers)) : Float32Array.from(numbers);
    case 'placed': return device && numbers.length > 0 ? bufferOf(device, spacedOut(numbers, outcomes)) : Float32Array.from(numbers);
    case 'foreign': return realm.Float32Array.from(numbers);
    case 'resizable': return resizableOf(numbers);
    case 'arrays': return outcomes === 0 ? [] : Array.from({ length: numbers.length / outcomes }, (_, row) => (row % 2 === 0 ? numbers.slice(row * outcomes, (row + 1) * outcomes) : Float32Array.from(numbers.subarray(row * outcomes, (row + 1) * outcomes))));
    case 'Float32Array': return Float32Array.from(numbers);
  }
}

/** Rows with NaN around them: from the third number on, two apart. */
function spacedOut(numbers: Float64Array, outcomes: number): Float32Array<ArrayBuffer> {
  const rows = numbers.length / outcomes;
  const whole = new Float32Array(3 + rows * (outcomes + 2)).fill(Number.NaN);
  for (let row = 0; row < rows; row++) whole.set(numbers.subarray(row * outcomes, (row + 1) * outcomes), 3 + row * (outcomes + 2));
  return whole;
}

/** As many numbers as its buffer holds. */
function resizableOf(numbers: Float64Array): Float32Array {
  const buffer = new (ArrayBuffer as unknown as new (bytes: number, options: object) => ArrayBuffer)(4 * numbers.length, { maxByteLength: 64 + 8 * numbers.length });
  const array = new Float32Array(buffer);
  array.set(numbers);
  return array;
}

function sharedOf(numbers: Float64Array): Float32Array {
  const shared = new Float32Array(new SharedArrayBuffer(4 * numbers.length));
  shared.set(numbers);
  return shared;
}

function bufferOf(device: GPUDevice, numbers: Float32Array<ArrayBuffer>): RowData {
  const buffer = device.createBuffer({ size: numbers.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, numbers);
  return buffer;
}

/** The bits of a half, its fraction cut off. */
function halfOf(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(x);
  if (!(magnitude < 65_520)) return sign | (Number.isNaN(x) ? 0x7e00 : 0x7c00);
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  if (magnitude < 2 ** -14) return sign | Math.floor(magnitude * 2 ** 24);
  return sign | ((exponent + 15) << 10) | Math.min(1023, Math.floor((magnitude / 2 ** exponent - 1) * 1024));
}
