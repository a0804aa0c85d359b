import { DomainError } from './errors.ts';

/** How numbers are stored. Halves (IEEE 754 binary16) stay halves on the device; kernels widen them by integers, so that no adapter needs a feature. */
export type Storage = 'f32' | 'f16';

/** Memory that nobody but the package writes to: that of chunks which it made itself. */
export const ownMemory: WeakSet<ArrayBufferLike> = new WeakSet<ArrayBufferLike>();

/** Numbers on the host: f32, or the bits of halves. */
export type StoredNumbers = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** A Float16Array by its structure, since not every platform has one. */
export interface Float16ArrayLike {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly length: number;
}

/** The number that 16 bits stand for. Twin of shaders/engine/half.wgsl. */
export function numberOfHalf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const magnitude = exponent === 31 ? (fraction === 0 ? Infinity : Number.NaN) : exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

let halves: Float32Array | undefined;

/** All halves there are, in the order of their bits: to look one up takes a tenth of the time. */
function tableOfHalves(): Float32Array {
  if (halves) return halves;
  halves = new Float32Array(2 ** 16);
  for (let bits = 0; bits < halves.length; bits++) halves[bits] = numberOfHalf(bits);
  return halves;
}

/**
 * Part of the numbers, where they lie. A view of fixed length has its own or none: none, after its memory was handed over to others
 * or became shorter, be it in the middle of a run, which is refused.
 */
export function partOf<Numbers extends Float32Array | Uint16Array>(data: Numbers, from: number, to: number): Numbers {
  let part: Numbers | undefined;
  try {
    part = data.subarray(from, to) as Numbers;
  } catch { // it cannot be made in memory that is not there
  }
  if (!part || (part.length === 0 && to > from)) throw goneError('tensor.read');
  return part;
}

export function goneError(operation: string): DomainError {
  return new DomainError({
    operation, expected: 'data that is still there', got: 'an array that was detached, or whose buffer became shorter, since it was wrapped',
    remedy: 'Hand an array over to others, and change the size of its buffer, only when its tensor is disposed of.',
  });
}

/** Some of the numbers, widened if need be. */
export function numbersOf(data: StoredNumbers, from: number, count: number): Float32Array {
  const part = partOf(data, from, from + count);
  if (!(part instanceof Uint16Array)) return part;
  return widen(part, new Float32Array(part.length));
}

function widen(bits: Uint16Array, numbers: Float32Array): Float32Array {
  const table = tableOfHalves();
  for (let k = 0; k < bits.length; k++) numbers[k] = table[bits[k]!]!;
  return numbers;
}

/** Numbers that are widened without a pause: a millisecond's worth. */
const atOnce = 2 ** 18;

/** The same of many numbers. `pause` is awaited now and then, so that a page stays alive. */
export async function manyNumbersOf(data: StoredNumbers, count: number, pause: () => Promise<void> | undefined): Promise<Float32Array> {
  if (data instanceof Float32Array) return partOf(data, 0, count);
  const numbers = new Float32Array(count);
  for (let from = 0; from < count; from += atOnce) {
    const end = Math.min(from + atOnce, count);
    widen(partOf(data, from, end), numbers.subarray(from, end)); // in place: garbage of such a size has the collector stop the page
    await pause();
  }
  return numbers;
}

/** Numbers in a word of 32 bits. */
export const perWord = { f32: 1, f16: 2 } as const;

/** Bytes of so many numbers; whole words, as WebGPU wants them. */
export function bytesOf(storage: Storage, count: number): number {
  return 4 * Math.ceil(count / perWord[storage]);
}

/** Some of the numbers in whole words. */
export function wordsOf(data: StoredNumbers, from: number, bytes: number): StoredNumbers {
  const part = partOf(data, from, from + bytes / data.BYTES_PER_ELEMENT);
  if (part.byteLength === bytes) return part;
  const padded = new Uint16Array(bytes / 2);
  padded.set(part);
  return padded;
}
