import { LimitExceededError } from '../errors.ts';
import { usage } from '../gpu-types.ts';

/** What is kept for later runs although nobody holds it. */
const buffersKept = 256;
const bytesKept = 2 ** 29;

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

  constructor(largest: number, create: (descriptor: GPUBufferDescriptor) => GPUBuffer) {
    this.#largest = Math.floor(largest / 4) * 4;
    this.#create = create;
  }

  /** The bytes that are in use, and that are kept for later. */
  get use(): { readonly used: number; readonly pooled: number; readonly buffers: number } {
    const bytes = (buffers: Iterable<GPUBuffer>): number => [...buffers].reduce((sum, { size }) => sum + size, 0);
    const pooled = bytes(this.#free);
    return { used: bytes(this.#all) - pooled, pooled, buffers: this.#all.size };
  }

  /** Storage for rows: a kernel reads and writes it, and it can be copied from and to. Rounded up, so that few sizes differ. */
  storage(bytes: number): GPUBuffer {
    return this.#take(bytes, sizeClass(bytes), usage.storage | usage.copySrc | usage.copyDst);
  }

  /** Storage of just this size, for what a caller may get hold of: its size counts the rows. */
  exactStorage(bytes: number): GPUBuffer {
    return this.#take(bytes, bytes, usage.storage | usage.copySrc | usage.copyDst);
  }

  /** Memory that the host maps to read results. */
  staging(bytes: number): GPUBuffer {
    return this.#take(bytes, sizeClass(bytes), usage.mapRead | usage.copyDst);
  }

  give(buffer: GPUBuffer): void {
    if (this.#all.has(buffer)) this.#free.add(buffer);
  }

  /** Forgets a buffer, be it in use. */
  drop(buffer: GPUBuffer): void {
    this.#all.delete(buffer);
    this.#free.delete(buffer);
  }

  /** Destroys the buffers that were given back longest ago; only between runs, when no unsubmitted command names them. */
  trim(): void {
    let bytes = [...this.#free].reduce((sum, { size }) => sum + size, 0);
    for (const buffer of this.#free) {
      if (this.#free.size <= buffersKept && bytes <= bytesKept) return;
      bytes -= buffer.size;
      this.#free.delete(buffer);
      this.#all.delete(buffer);
      buffer.destroy();
    }
  }

  /** Destroys every buffer that nobody holds. */
  clear(): void {
    for (const buffer of this.#free) {
      this.#all.delete(buffer);
      buffer.destroy();
    }
    this.#free.clear();
  }

  destroy(): void {
    for (const buffer of this.#all) buffer.destroy();
    this.#all.clear();
    this.#free.clear();
  }

  #take(bytes: number, wanted: number, flags: number): GPUBuffer {
    const size = Math.min(wanted, this.#largest);
    if (bytes > size) {
      throw new LimitExceededError({
        operation: 'allocate', expected: `at most ${size} bytes in one buffer`, got: `${bytes} bytes`, remedy: 'Read in smaller batches.',
      });
    }
    for (const free of this.#free) {
      if (free.size !== size || free.usage !== flags) continue;
      this.#free.delete(free);
      return free;
    }
    const buffer = this.#create({ size, usage: flags });
    this.#all.add(buffer);
    return buffer;
  }
}

function sizeClass(bytes: number): number {
  const quarter = 2 ** Math.max(6, Math.floor(Math.log2(Math.max(1, bytes))) - 2);
  return Math.ceil(bytes / quarter) * quarter;
}
