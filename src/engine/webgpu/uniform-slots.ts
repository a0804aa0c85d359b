import type { Gpu } from './gpu.ts';

/** Dynamic offsets may begin at multiples of these on every device. */
export const slotBytes = 256;

/** The uniforms of a batch of dispatches, side by side in one buffer, which is written when the batch is submitted. */
export class UniformSlots {
  readonly #gpu: Gpu;
  readonly #words: DataView<ArrayBuffer>;
  #buffer: GPUBuffer | undefined;
  #used = 0;

  constructor(gpu: Gpu, slots: number) {
    this.#gpu = gpu;
    this.#words = new DataView(new ArrayBuffer(slotBytes * slots));
  }

  get buffer(): GPUBuffer {
    return this.#buffer ??= this.#gpu.pool.take('uniform', this.#words.byteLength);
  }

  hasRoomFor(bytes: number): boolean {
    return this.#used + bytes <= this.#words.byteLength;
  }

  /** Has uniforms written, and returns the byte where they begin. */
  add(bytes: number, write: (view: DataView, at: number) => void): number {
    const at = this.#used;
    write(this.#words, at);
    this.#used = Math.ceil((at + bytes) / slotBytes) * slotBytes;
    return at;
  }

  /** Brings what was added to the device, before all that is not submitted yet, and begins anew. */
  upload(): void {
    const bytes = this.#used;
    this.#used = 0;
    if (bytes > 0) this.#gpu.device.queue.writeBuffer(this.buffer, 0, this.#words.buffer, 0, bytes);
  }

  /** Begins anew. */
  drop(): void {
    this.#used = 0;
  }

  dispose(): void {
    if (this.#buffer) this.#gpu.pool.give(this.#buffer);
    this.#buffer = undefined;
  }
}
