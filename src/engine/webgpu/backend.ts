import { DomainError, LimitExceededError } from '../errors.ts';
import { isGpuBuffer, usage } from '../gpu-types.ts';
import type { Regime } from '../kernel.ts';
import type { Limits } from '../plan.ts';
import { allocateResult } from '../allocate-result.ts';
import type { RunHooks } from '../run-hooks.ts';
import { bytesOf, perWord, type StoredNumbers } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import { copyBlock, placeBlock } from './blocks.ts';
import type { DeviceContext } from './device-context.ts';
import { Gpu } from './gpu.ts';
import { DeviceWatchdog } from './device-watchdog.ts';
import { bytesOfTensor, defaultBudget, Memory, placeOf } from './memory.ts';
import { explained } from './objections.ts';
import { recordReadback } from './readback.ts';
import { GpuRun, type RunFacts, type Sink } from './gpu-run.ts';

export interface Forced {
  readonly limits?: Partial<Limits>;
  readonly regime?: Regime;
  /** Milliseconds in which a device has to get on with a run before it is taken for lost. */
  readonly patience?: number;
}

/** The share of the budget that callers may have got hold of; runs need the rest. */
const pinnedShare = 3 / 4;

/** Runs tensors on a device, and keeps what is worth keeping there: sources, and results that were read. */
export class WebGpuBackend implements DeviceContext {
  readonly gpu: Gpu;
  readonly memory: Memory;
  readonly limits: Limits;
  readonly softwareAdapter: boolean;
  readonly forcedRegime: Regime | undefined;
  readonly #watchdog: DeviceWatchdog;

  constructor(device: GPUDevice, options: { borrowed: boolean; softwareAdapter: boolean; forced: Forced; memoryBudget?: number | undefined }) {
    this.gpu = new Gpu(device, options.borrowed);
    this.memory = new Memory(this.gpu, options.memoryBudget ?? defaultBudget(device.limits));
    this.softwareAdapter = options.softwareAdapter;
    this.forcedRegime = options.forced.regime;
    this.#watchdog = new DeviceWatchdog(this.gpu, options.forced.patience ?? 60_000);
    const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = device.limits;
    this.limits = { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension, ...options.forced.limits };
  }

  resident(tensor: Tensor): GPUBuffer | undefined {
    const { origin } = tensor;
    if (origin.kind === 'source' && isGpuBuffer(origin.data)) return origin.data as GPUBuffer;
    return this.memory.buffer(tensor);
  }

  async allocateResident(tensor: Tensor): Promise<GPUBuffer> {
    const buffer = await this.memory.take('exact', bytesOfTensor(tensor));
    const known = this.resident(tensor); // of a run that ended while this one waited for memory
    if (known) this.gpu.pool.give(buffer);
    else this.memory.hold(tensor, buffer);
    this.memory.need(tensor);
    return known ?? buffer;
  }

  /** Uploads a result that was made on the host, for those who want it on the device. */
  async place(tensor: Tensor, data: Float32Array<ArrayBuffer>): Promise<GPUBuffer> {
    this.#watchdog.assertNotLost('tensor.buffer');
    this.#assertFits(tensor);
    let made: readonly Tensor[] = [];
    await this.#watchdog.run('tensor.buffer', async () => {
      this.memory.begin([], () => undefined);
      const there = this.resident(tensor);
      if (!there) made = [tensor];
      this.gpu.write(there ?? await this.allocateResident(tensor), data);
      return async () => undefined;
    }).catch(async (error: unknown) => {
      if (this.gpu.lost === undefined) await this.#watchdog.recording.run(async () => this.#forget(made));
      throw error;
    });
    return this.resident(tensor) || tensor.disposed ? this.#handedOut(tensor) : this.place(tensor, data); // others may have moved it meanwhile
  }

  /** Writes over a result where it lies on the device, if it does; a copy of it on the host is dropped. */
  async overwrite(tensor: Tensor, data: Float32Array<ArrayBuffer>): Promise<boolean> {
    return this.#watchdog.run('tensor.read', async () => {
      const buffer = this.resident(tensor);
      this.memory.dropCopy(tensor);
      if (buffer) this.gpu.write(buffer, data);
      return async () => buffer !== undefined;
    });
  }

  #handedOut(tensor: Tensor): GPUBuffer {
    if (tensor.disposed) throw new DomainError({ operation: 'tensor.buffer', expected: 'a live tensor', got: 'one that was disposed of meanwhile', remedy: 'Dispose of a tensor only after its last use.' });
    const { origin } = tensor;
    return origin.kind === 'source' && isGpuBuffer(origin.data) ? origin.data as GPUBuffer : this.memory.pin(tensor);
  }

  #assertFits(tensor: Tensor): number {
    const bytes = bytesOfTensor(tensor);
    const most = Math.min(this.limits.maxBufferSize, pinnedShare * this.memory.budget - this.memory.pinned);
    if (bytes <= most) return bytes;
    throw new LimitExceededError({
      operation: 'tensor.buffer', expected: `a result of at most ${most} bytes`, got: `${bytes} bytes`, remedy: 'Use read(), which goes chunk by chunk, or fewer rows, or dispose of tensors whose buffers were taken.',
    });
  }

  /** Frees what a tensor holds, in its turn: a run that records now may use it. */
  async release(tensor: Tensor): Promise<void> {
    if (this.#watchdog.recording.isIdle && !this.memory.holds(tensor)) return;
    await this.#watchdog.recording.run(async () => this.memory.release(tensor));
  }

  /** The numbers of a source, read back when they live in a GPUBuffer. */
  async hostData(tensor: Tensor, signal?: AbortSignal, root: Tensor = tensor): Promise<StoredNumbers> {
    const { origin } = tensor;
    if (origin.kind !== 'source') throw new TypeError('This tensor has no data on the host');
    if (!isGpuBuffer(origin.data)) return origin.data;
    const buffer = origin.data as GPUBuffer;
    this.#watchdog.assertNotLost('engine.rows');
    const { first, count } = placeOf(tensor, 0, tensor.rows);
    const start = first % perWord[tensor.storage];
    const bytes = new Uint8Array(bytesOf(tensor.storage, start + count));
    if ((origin.data.usage & usage.copySrc) === 0) {
      throw new DomainError({
        operation: 'engine.rows', argument: 'data', expected: 'a GPUBuffer that can be copied from, for its numbers are needed on the host', got: 'a buffer without COPY_SRC',
        remedy: 'Create it with GPUBufferUsage.COPY_SRC.',
      });
    }
    await this.#watchdog.run('engine.rows', async () => {
      this.memory.begin([], () => undefined, signal);
      await this.memory.download(buffer, bytes, bytesOf(tensor.storage, first - start));
      return async () => undefined;
    }, signal).catch(async (error: unknown) => { throw await explained(error, root, this.gpu.device, this.memory); });
    return packed(tensor, (tensor.storage === 'f16' ? new Uint16Array(bytes.buffer) : new Float32Array(bytes.buffer)).subarray(start));
  }

  /** Runs a tensor and copies the result to the host. A result made in one block stays on the device too. */
  async read(tensor: Tensor, hooks: RunHooks): Promise<{ data: Float32Array<ArrayBuffer>; facts: RunFacts; bytesDown: number }> {
    const spilled = this.memory.spilled(tensor);
    if (spilled) return { data: spilled.slice(), facts: { chunks: 1, dispatches: 0, bytesUp: 0, gpuMilliseconds: 0, whole: undefined }, bytesDown: 0 };
    const data = allocateResult(tensor);
    const put: Sink['put'] = async (region, range, record) => {
      const bytes = 4 * range.rows * range.width;
      const deliver = recordReadback(this.gpu, record, await this.memory.take('staging', bytes), region.buffer, 4 * region.start, bytes);
      return () => deliver((block) => placeBlock(new Float32Array(block), range, data, tensor.width));
    };
    return { data, facts: await this.#run(tensor, hooks, { put, isRead: true }), bytesDown: data.byteLength };
  }

  /** Runs a tensor and leaves the result on the device, whole. */
  async buffer(tensor: Tensor, hooks: RunHooks): Promise<{ buffer: GPUBuffer; facts: RunFacts | undefined }> {
    this.#watchdog.assertNotLost('tensor.buffer');
    if (this.resident(tensor)) return { buffer: this.#handedOut(tensor), facts: undefined };
    const bytes = this.#assertFits(tensor);
    let target: GPUBuffer | undefined;
    const put: Sink['put'] = async (region, range, record) => {
      if (range.rows === tensor.rows && range.width === tensor.width) return undefined;
      const whole = target ??= await this.memory.take('exact', bytes);
      record((commands) => copyBlock(commands, region, range, whole, tensor));
      return undefined;
    };
    let buffer: GPUBuffer | undefined;
    const settle = (): void => {
      if (target) this.#settle(tensor, target);
      target = undefined; // it is the tensor's now, whatever comes
      if (this.resident(tensor) || tensor.disposed) buffer = this.#handedOut(tensor);
    };
    const facts = await this.#run(tensor, hooks, { put, isRead: false }, settle).catch((error: unknown) => {
      if (target) this.gpu.pool.give(target);
      throw error;
    });
    return buffer ? { buffer, facts } : this.buffer(tensor, hooks); // others may have moved it meanwhile
  }

  /** What is done with the result is done before others can have its memory. */
  async #run(tensor: Tensor, hooks: RunHooks, sink: Sink, settle: () => void = () => undefined): Promise<RunFacts> {
    const operation = tensor.origin.kind === 'result' ? tensor.origin.operation.name : 'tensor.read';
    let uploaded: readonly Tensor[] = [];
    let ended: RunFacts | undefined;
    let land = (): void => undefined;
    const start = async (): Promise<() => Promise<RunFacts>> => {
      this.gpu.trim();
      if ((hooks.share ?? 1) < 1) await this.memory.moveAll();
      const run = new GpuRun(this, tensor, hooks);
      uploaded = run.uploaded;
      const finish = await run.start(sink);
      land = this.memory.takeOff();
      return async () => ended = await finish((source) => {
        land(); // to read what is on the device takes a turn, and who has it may wait for this run's memory
        return this.hostData(source);
      });
    };
    try {
      const facts = await this.#watchdog.run(operation, start, hooks.signal);
      if (facts.whole) this.#settle(tensor, facts.whole.buffer);
      ended = undefined; // the buffer is the tensor's now, whatever comes
      settle();
      return facts;
    } catch (error) {
      land();
      if (ended?.whole) this.gpu.pool.give(ended.whole.buffer); // it ended, and then an error came to light
      const isHarmless = error instanceof DomainError || (hooks.signal?.aborted === true && error === hooks.signal.reason);
      if (isHarmless || this.gpu.lost !== undefined) throw error;
      await this.#watchdog.recording.run(async () => this.#forget(uploaded));
      throw await explained(error, tensor, this.gpu.device, this.memory);
    } finally {
      land();
    }
  }

  /** Keeps a result on the device, unless it was there already or another run of the same tensor kept its own meanwhile. */
  #settle(tensor: Tensor, buffer: GPUBuffer): void {
    if (this.resident(tensor)) this.gpu.pool.give(buffer);
    else this.memory.hold(tensor, buffer);
  }

  /** After WebGPU refused something, nothing that the run made is trusted: it may be a buffer that was never made. */
  #forget(uploaded: readonly Tensor[]): void {
    for (const tensor of uploaded) this.memory.release(tensor);
    this.gpu.forget();
  }

  destroy(): void {
    this.gpu.destroy();
  }
}

/** Rows one after the other. */
function packed({ rows, width, placing: { stride } }: Tensor, numbers: StoredNumbers): StoredNumbers {
  if (stride === width) return numbers;
  const dense = numbers instanceof Uint16Array ? new Uint16Array(rows * width) : new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) dense.set(numbers.subarray(row * stride, row * stride + width), row * width);
  return dense;
}
