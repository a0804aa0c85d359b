import { LimitExceededError } from '../errors.ts';
import { usage } from '../gpu-types.ts';

/** What is kept for later runs although nobody holds it. */
const buffersKept = 256;
const bytesKept = 2 ** 29;

/**
 * What a buffer is for: 'storage' holds rows, a kernel reads and writes it and it can be copied from and to, its size is
 * rounded up so that few sizes differ; 'exact' is the same of just the size that was asked for, for what a caller may get
 * hold of, whose size counts the rows; 'staging' is what the host maps to read results; 'uniform' holds the uniforms of a run.
 */
export type Kind = 'storage' | 'exact' | 'staging' | 'uniform';

const usages: Readonly<Record<Kind, number>> = {
  storage: usage.storage | usage.copySrc | usage.copyDst, exact: usage.storage | usage.copySrc | usage.copyDst,
  staging: usage.mapRead | usage.copyDst, uniform: usage.uniform | usage.copyDst,
};

/**
 * Buffers by use and size. A buffer that was given back is handed out again: the queue runs in order, so a later
 * command cannot overtake an earlier one.
 */
export class BufferPool {
  readonly #largest: number;
  readonly #create: (descriptor: GPUBufferDescriptor) => GPUBuffer;
  readonly #all = new Set<GPUBuffer>();
  /** In the order in which they were given back. */
  readonly #free = new Set<GPUBuffer>();
  /** The same by use and size; the last is handed out first, so that steps of a chain go on with a few. */
  readonly #classes = new Map<number, GPUBuffer[]>();
  #bytes = 0;
  #freeBytes = 0;

  constructor(largest: number, create: (descriptor: GPUBufferDescriptor) => GPUBuffer) {
    this.#largest = Math.floor(largest / 4) * 4;
    this.#create = create;
  }

  /** The bytes of all buffers. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The bytes that are in use, and that are kept for later. */
  get use(): { readonly used: number; readonly pooled: number; readonly buffers: number } {
    return { used: this.#bytes - this.#freeBytes, pooled: this.#freeBytes, buffers: this.#all.size };
  }

  /** The bytes that a buffer would add; none if there is one to hand out. */
  wants(kind: Kind, bytes: number): number {
    const size = this.#sizeOf(kind, bytes);
    return this.#classes.has(classOf(size, usages[kind])) ? 0 : size;
  }

  take(kind: Kind, bytes: number): GPUBuffer {
    const size = this.#sizeOf(kind, bytes);
    const free = this.#classes.get(classOf(size, usages[kind]))?.at(-1);
    if (!free) return this.make({ size, usage: usages[kind] });
    this.#unlist(free);
    return free;
  }

  /** A buffer of its own kind, which is not given back but dropped. */
  make(descriptor: GPUBufferDescriptor): GPUBuffer {
    const buffer = this.#create(descriptor);
    this.#all.add(buffer);
    this.#bytes += buffer.size;
    return buffer;
  }

  give(buffer: GPUBuffer): void {
    if (!this.#all.has(buffer) || this.#free.has(buffer)) return;
    const key = classOf(buffer.size, buffer.usage);
    const alike = this.#classes.get(key);
    if (alike) alike.push(buffer);
    else this.#classes.set(key, [buffer]);
    this.#free.add(buffer);
    this.#freeBytes += buffer.size;
  }

  /** Destroys a buffer that no unsubmitted command names. */
  drop(buffer: GPUBuffer): void {
    if (!this.#all.delete(buffer)) return;
    if (this.#free.has(buffer)) this.#unlist(buffer);
    this.#bytes -= buffer.size;
    buffer.destroy();
  }

  /** Destroys the buffer that was given back longest ago, and says whether there was one; only when no unsubmitted command names it. */
  dropOldest(): boolean {
    const [oldest] = this.#free;
    if (oldest) this.drop(oldest);
    return oldest !== undefined;
  }

  /** Destroys what is too much to keep; only between runs, when no unsubmitted command names it. */
  trim(): void {
    while (this.#free.size > buffersKept || this.#freeBytes > bytesKept) this.dropOldest();
  }

  /** Destroys every buffer that nobody holds. */
  clear(): void {
    while (this.dropOldest());
  }

  destroy(): void {
    for (const buffer of this.#all) this.drop(buffer);
  }

  #unlist(buffer: GPUBuffer): void {
    const key = classOf(buffer.size, buffer.usage);
    const alike = this.#classes.get(key)!;
    alike.splice(alike.lastIndexOf(buffer), 1);
    if (alike.length === 0) this.#classes.delete(key);
    this.#free.delete(buffer);
    this.#freeBytes -= buffer.size;
  }

  #sizeOf(kind: Kind, bytes: number): number {
    const most = Math.max(4, bytes); // the smallest that can be bound
    const size = Math.min(kind === 'exact' ? most : sizeClass(most), this.#largest);
    if (most <= size) return size;
    throw new LimitExceededError({
      operation: 'allocate', expected: `at most ${size} bytes in one buffer`, got: `${bytes} bytes`, remedy: 'Read in smaller batches.',
    });
  }
}

/** Uses are bits below 2¹⁰. */
function classOf(size: number, flags: number): number {
  return size * 2 ** 10 + flags;
}

/** The least share of what was asked for that a rounded buffer holds: sizes go by quarters of a power of two. */
export const fillOfClass = 0.8;
/** The smallest step between sizes. */
export const smallestClass = 64;

function sizeClass(bytes: number): number {
  const quarter = Math.max(smallestClass, 2 ** (Math.floor(Math.log2(bytes)) - 2));
  return Math.ceil(bytes / quarter) * quarter;
}
