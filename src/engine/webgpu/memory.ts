import { DomainError, shown } from '../errors.ts';
import type { MemoryUse } from '../runner.ts';
import { unlessAborted } from '../signals.ts';
import { bytesOf } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Gpu } from './gpu.ts';
import { fillOfClass, type Kind } from './buffer-pool.ts';
import { readNow } from './readback.ts';

/** What a tensor has on the device, and what of it was moved to the host. */
interface Holding {
  buffer: GPUBuffer | undefined;
  spilled: Float32Array<ArrayBuffer> | undefined;
  /** Whether it need not be moved, for the caller has it on the host. */
  readonly isSource: boolean;
  /** Whether the caller got hold of the buffer. */
  pinned: boolean;
}

/** WebGPU does not tell how much memory there is; an adapter that allows large buffers has much of it. */
export function defaultBudget({ maxBufferSize }: GPUSupportedLimits): number {
  return Math.min(2 * maxBufferSize, 2 ** 32);
}

const leastBudget = 2 ** 16;

export function checkBudget(budget: number | undefined): void {
  if (budget === undefined || (Number.isFinite(budget) && budget >= leastBudget)) return;
  throw new DomainError({ operation: 'openEngine', argument: 'memoryBudget', expected: `a number of bytes of at least ${leastBudget}`, got: shown(budget), remedy: 'Leave it out for a budget from the limits of the device.' });
}

/** The share of the budget that is left for moving tensors to the host, and for constants. */
const spareShare = 1 / 16;
const leastPiece = 2 ** 12;

/**
 * Holds tensors on the device within a budget. What does not fit any more goes in this order: buffers that are kept for
 * later, then the tensors that were used longest ago. These are uploaded again when they are needed; a result is copied to
 * the host first, once. Tensors are moved under the lock of those who record; results of runs are held, pinned and freed at any time.
 */
export class Memory {
  readonly budget: number;
  readonly #gpu: Gpu;
  readonly #holdings = new WeakMap<Tensor, Holding>();
  /** What can be moved, least recently used first. */
  readonly #movable = new Set<Holding>();
  /** What the run that records now needs. */
  readonly #needed = new Set<Holding>();
  /** Runs that wait for the device, until they have given back what they held. */
  readonly #flying = new Set<Promise<void>>();
  readonly #collected: FinalizationRegistry<Holding>;
  #flush: () => void = () => undefined;
  #signal: AbortSignal | undefined;
  #spilled = 0;
  #pinned = 0;

  constructor(gpu: Gpu, budget: number) {
    this.#gpu = gpu;
    this.budget = budget;
    this.#collected = new FinalizationRegistry((holding) => this.#free(holding)); // a net under those who never dispose
  }

  get use(): MemoryUse {
    const { constantBytes, pool: { use } } = this.#gpu;
    return { budget: this.budget, buffers: use.buffers, used: use.used - constantBytes, pooled: use.pooled + constantBytes, spilled: this.#spilled };
  }

  /** Bytes of buffers that callers hold. */
  get pinned(): number {
    return this.#pinned;
  }

  /** The bytes that a run can count on, if all goes that can go. */
  get available(): number {
    return Math.max(0, this.budget * (1 - spareShare) - this.#pinned - this.#gpu.constantBytes);
  }

  /** The bytes that are left for moving tensors, and for constants. */
  get spare(): number {
    return this.budget * spareShare;
  }

  holds(tensor: Tensor): boolean {
    return this.#holdings.has(tensor);
  }

  buffer(tensor: Tensor): GPUBuffer | undefined {
    return this.#holdings.get(tensor)?.buffer;
  }

  /** The numbers of a result that were moved to the host. */
  spilled(tensor: Tensor): Float32Array<ArrayBuffer> | undefined {
    return this.#holdings.get(tensor)?.spilled;
  }

  dropCopy(tensor: Tensor): void {
    const holding = this.#holdings.get(tensor);
    if (holding) this.#forget(holding);
  }

  isMovable(tensor: Tensor): boolean {
    const holding = this.#holdings.get(tensor);
    return holding !== undefined && this.#movable.has(holding);
  }

  /** A run begins to record: what it needs stays, and what it has recorded can be submitted before a buffer is destroyed. It waits until its signal is aborted. */
  begin(needed: Iterable<Tensor>, flush: () => void, signal?: AbortSignal): void {
    this.#flush = flush;
    this.#signal = signal;
    this.#needed.clear();
    for (const tensor of needed) {
      const holding = this.#holdings.get(tensor);
      if (!holding) continue;
      this.#needed.add(holding);
      if (this.#movable.delete(holding)) this.#movable.add(holding); // last: most recently used
    }
  }

  /** A run has recorded all, and waits for the device now. Returns what is to be called when it has given back what it held. */
  takeOff(): () => void {
    this.begin([], () => undefined);
    const { promise, resolve } = withResolvers();
    this.#flying.add(promise);
    return () => {
      this.#flying.delete(promise);
      resolve();
    };
  }

  /** A buffer, for which others may have to go. What a single row or cell of a result needs is given beyond the budget. */
  async take(kind: Kind, bytes: number): Promise<GPUBuffer> {
    const { pool } = this.#gpu;
    const most = this.budget * (1 - spareShare);
    for (let more = pool.wants(kind, bytes); more > 0 && pool.bytes + more > most; more = pool.wants(kind, bytes)) {
      this.#flush(); // an unsubmitted command may name what is destroyed
      if (pool.dropOldest() || this.#gpu.trimConstants(this.spare / 2) || await this.#moveColdest()) continue;
      if (this.#flying.size === 0) break;
      await unlessAborted(Promise.race(this.#flying), this.#signal);
    }
    return pool.take(kind, bytes);
  }

  /** Lets a tensor have a buffer that was taken. */
  hold(tensor: Tensor, buffer: GPUBuffer): void {
    const known = this.#holdings.get(tensor);
    const holding = known ?? { buffer, spilled: undefined, isSource: tensor.origin.kind === 'source', pinned: false };
    holding.buffer = buffer;
    this.#movable.add(holding);
    if (known) return;
    this.#holdings.set(tensor, holding);
    this.#collected.register(tensor, holding, tensor);
  }

  /** The run that records now needs a tensor that it has brought here, or found here although it was not there when it began. */
  need(tensor: Tensor): void {
    const holding = this.#holdings.get(tensor);
    if (holding) this.#needed.add(holding);
  }

  /** A caller may keep the buffer and not the tensor, so that it stays where it is and outlives the tensor's collection. */
  pin(tensor: Tensor): GPUBuffer {
    const holding = this.#holdings.get(tensor)!;
    this.#collected.unregister(tensor);
    if (!holding.pinned) this.#pinned += holding.buffer!.size;
    holding.pinned = true;
    this.#movable.delete(holding);
    this.#forget(holding);
    return holding.buffer!;
  }

  release(tensor: Tensor): void {
    const holding = this.#holdings.get(tensor);
    this.#holdings.delete(tensor);
    this.#collected.unregister(tensor);
    if (holding) this.#free(holding);
  }

  /** Forgets a tensor whose buffer is gone. */
  lose(tensor: Tensor): void {
    const buffer = this.buffer(tensor);
    this.release(tensor);
    if (buffer) this.#gpu.pool.drop(buffer);
  }

  /** Moves a tensor off the device. */
  async move(tensor: Tensor): Promise<void> {
    const holding = this.#holdings.get(tensor);
    if (holding && this.#movable.has(holding)) await this.#move(holding);
  }

  /** Moves all that can be moved off the device. */
  async moveAll(): Promise<void> {
    for (const holding of this.#movable) await this.#move(holding);
    this.#flush();
    this.#gpu.pool.clear();
  }

  /** The bytes of a buffer from one on, in pieces for which there is room. */
  async download(buffer: GPUBuffer, bytes: Uint8Array<ArrayBuffer>, from = 0): Promise<void> {
    const { pool, device } = this.#gpu;
    const room = (): number => Math.max(leastPiece, fillOfClass * Math.min(device.limits.maxBufferSize, this.budget - pool.bytes));
    if (room() < bytes.length) {
      this.#flush();
      pool.clear();
    }
    await readNow(this.#gpu, buffer, from, bytes, Math.floor(room() / 4) * 4, this.#signal);
  }

  async #moveColdest(): Promise<boolean> {
    for (const holding of this.#movable) {
      if (this.#needed.has(holding)) continue;
      await this.#move(holding);
      return true;
    }
    return false;
  }

  async #move(holding: Holding): Promise<void> {
    const buffer = holding.buffer!;
    if (!holding.isSource && !holding.spilled) {
      const numbers = new Float32Array(buffer.size / 4);
      await this.download(buffer, new Uint8Array(numbers.buffer));
      if (!this.#movable.has(holding)) return; // collected meanwhile
      holding.spilled = numbers;
      this.#spilled += numbers.byteLength;
    }
    this.#movable.delete(holding);
    holding.buffer = undefined;
    this.#flush();
    this.#gpu.pool.drop(buffer);
  }

  #free(holding: Holding): void {
    if (holding.buffer) this.#gpu.pool.give(holding.buffer);
    if (holding.pinned) this.#pinned -= holding.buffer!.size;
    this.#movable.delete(holding);
    this.#needed.delete(holding);
    this.#forget(holding);
  }

  #forget(holding: Holding): void {
    this.#spilled -= holding.spilled?.byteLength ?? 0;
    holding.spilled = undefined;
  }
}

/** The bytes of a whole tensor on the device. */
/** Where in their buffer rows of a tensor lie: from which number on, and how many up to the end of the last. */
export function placeOf({ placing: { offset, stride }, width }: Tensor, from: number, rows: number): { first: number; count: number } {
  return { first: offset + from * stride, count: rows === 0 ? 0 : (rows - 1) * stride + width };
}

/** Bytes of a buffer up to the end of a tensor. */
export function bytesUpTo(tensor: Tensor): number {
  const { first, count } = placeOf(tensor, 0, tensor.rows);
  return bytesOf(tensor.storage, first + count);
}

export function bytesOfTensor({ storage, rows, width }: Tensor): number {
  return bytesOf(storage, rows * width);
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => { resolve = done; });
  return { promise, resolve };
}
