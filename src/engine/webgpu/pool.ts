import { LimitExceededError } from '../errors.ts';
import { usage } from '../gpu-types.ts';
import { counters } from './counters.ts';

/**
 * Buffers by use and size. A buffer that was given back is handed out again: the queue runs in order, so a later
 * command cannot overtake an earlier one. Sizes are rounded up to a quarter of a power of two, so that few differ.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #free = new Map<string, GPUBuffer[]>();
  readonly #all = new Set<GPUBuffer>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Storage for rows: a kernel reads and writes it, and it can be copied from and to. */
  storage(bytes: number): GPUBuffer {
    return this.#take(bytes, usage.storage | usage.copySrc | usage.copyDst);
  }

  /** Memory that the host maps to read results. */
  staging(bytes: number): GPUBuffer {
    return this.#take(bytes, usage.mapRead | usage.copyDst);
  }

  give(buffer: GPUBuffer): void {
    if (!this.#all.has(buffer)) return;
    const key = `${buffer.usage}:${buffer.size}`;
    const free = this.#free.get(key);
    if (free) free.push(buffer);
    else this.#free.set(key, [buffer]);
  }

  /** Frees what nobody holds. */
  trim(): void {
    for (const buffer of [...this.#free.values()].flat()) {
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

  #take(bytes: number, flags: number): GPUBuffer {
    const size = Math.min(sizeClass(bytes), Math.floor(this.#device.limits.maxBufferSize / 4) * 4);
    if (bytes > size) {
      throw new LimitExceededError({
        operation: 'allocate', expected: `at most ${size} bytes in one buffer`, got: `${bytes} bytes`, remedy: 'Read in smaller batches.',
      });
    }
    const free = this.#free.get(`${flags}:${size}`)?.pop();
    if (free) return free;
    counters.buffers++;
    const buffer = this.#device.createBuffer({ size, usage: flags });
    this.#all.add(buffer);
    return buffer;
  }
}

function sizeClass(bytes: number): number {
  const quarter = 2 ** Math.max(6, Math.floor(Math.log2(Math.max(1, bytes))) - 2);
  return Math.ceil(bytes / quarter) * quarter;
}
