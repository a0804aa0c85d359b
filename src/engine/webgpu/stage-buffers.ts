import type { Stage } from '../stages.ts';
import type { Region } from './command.ts';
import type { Memory } from './memory.ts';
import type { BufferPool } from './buffer-pool.ts';

/** Where the stages of a run lie on the device: in buffers of tensors, or in buffers of the run, which go back to the pool. */
export class StageBuffers {
  readonly #memory: Memory;
  readonly #pool: BufferPool;
  readonly #root: Stage | undefined;
  readonly #regions = new Map<Stage, Region>();
  readonly #owned = new Map<Stage, GPUBuffer>();

  /** The buffer of the root may be handed to the caller. */
  constructor(memory: Memory, pool: BufferPool, root?: Stage) {
    this.#memory = memory;
    this.#pool = pool;
    this.#root = root;
  }

  /** Takes a buffer for a stage; what it had before stays with the caller. */
  async own(stage: Stage, bytes: number): Promise<GPUBuffer> {
    const isResult = stage === this.#root; // the caller may get hold of it
    const buffer = await this.#memory.take(isResult ? 'exact' : 'storage', bytes);
    this.#owned.set(stage, buffer);
    return buffer;
  }

  owned(stage: Stage): GPUBuffer | undefined {
    return this.#owned.get(stage);
  }

  region(stage: Stage): Region {
    return this.#regions.get(stage)!;
  }

  put(stage: Stage, region: Region): void {
    this.#regions.set(stage, region);
  }

  /** Hands the buffer of a stage to the caller, who now owns it; none if it is a tensor's already. */
  keep(stage: Stage): Region | undefined {
    return this.#owned.delete(stage) ? this.#regions.get(stage) : undefined;
  }

  release(stage: Stage): void {
    const buffer = this.#owned.get(stage);
    if (buffer) this.#pool.give(buffer);
    this.#owned.delete(stage);
    this.#regions.delete(stage);
  }

  releaseAll(): void {
    for (const stage of this.#owned.keys()) this.release(stage);
  }
}
