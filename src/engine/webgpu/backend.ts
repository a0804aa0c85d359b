import { DeviceLostError, DomainError, LimitExceededError } from '../errors.ts';
import { isGpuBuffer, usage } from '../gpu-types.ts';
import type { Regime } from '../kernel.ts';
import type { Limits } from '../plan.ts';
import type { Range } from '../stages.ts';
import { bytesOf, perWord, type StoredNumbers } from '../storage.ts';
import { Queue } from '../queue.ts';
import type { Tensor } from '../tensor.ts';
import type { Region } from './encoder.ts';
import { Gpu } from './gpu.ts';
import { bytesOfTensor, defaultBudget, Memory } from './memory.ts';
import { recordReadback } from './readback.ts';
import { Run, type RunFacts, type RunHooks, type Sink } from './run.ts';

export interface Forced {
  /** Join teams of lanes within subgroups. Only on request: WGSL does not promise that lanes of a subgroup are neighbours. */
  readonly subgroups?: boolean;
  readonly limits?: Partial<Limits>;
  readonly regime?: Regime;
  /** Milliseconds in which a device has to get on with a run before it is taken for lost. */
  readonly patience?: number;
}

/** The share of the budget that callers may have got hold of; runs need the rest. */
const pinnedShare = 3 / 4;
/** Milliseconds in which the loss of a device is told after what failed because of it. */
const lossDelay = 250;

/** Runs tensors on a device, and keeps what is worth keeping there: sources, and results that were read. */
export class WebGpuBackend {
  readonly gpu: Gpu;
  readonly memory: Memory;
  readonly limits: Limits;
  readonly softwareAdapter: boolean;
  readonly forcedRegime: Regime | undefined;
  /** Lanes that every subgroup of the device has at least, as far as kernels use them. */
  readonly subgroup: 0 | 4 | 16;
  /** Runs record their commands one after the other, and wait for the device side by side. */
  readonly #recording = new Queue();
  readonly #patience: number;

  constructor(device: GPUDevice, options: { borrowed: boolean; softwareAdapter: boolean; forced: Forced; memoryBudget?: number | undefined }) {
    this.gpu = new Gpu(device, options.borrowed);
    this.memory = new Memory(this.gpu, options.memoryBudget ?? defaultBudget(device.limits));
    this.softwareAdapter = options.softwareAdapter;
    this.forcedRegime = options.forced.regime;
    this.#patience = options.forced.patience ?? 60_000;
    this.subgroup = options.forced.subgroups ? subgroupOf(device) : 0;
    const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = device.limits;
    this.limits = { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension, ...options.forced.limits };
  }

  /** The buffer that holds a whole tensor on the device, if one does. */
  resident(tensor: Tensor): GPUBuffer | undefined {
    const { origin } = tensor;
    if (origin.kind === 'source' && isGpuBuffer(origin.data)) return origin.data as GPUBuffer;
    return this.memory.buffer(tensor);
  }

  async allocateResident(tensor: Tensor): Promise<GPUBuffer> {
    const buffer = await this.memory.take('exact', bytesOfTensor(tensor));
    const known = this.resident(tensor); // of a run that ended while this one waited for memory
    if (known) {
      this.gpu.pool.give(buffer);
      return known;
    }
    this.memory.hold(tensor, buffer);
    this.memory.need(tensor);
    return buffer;
  }

  /** Uploads a result that was made on the host, for those who want it on the device. */
  async place(tensor: Tensor, data: Float32Array<ArrayBuffer>): Promise<GPUBuffer> {
    this.#assertNotLost('tensor.buffer');
    this.#assertFits(tensor);
    let made: readonly Tensor[] = [];
    await this.#guarded('tensor.buffer', async () => {
      this.memory.begin([], () => undefined);
      const there = this.resident(tensor);
      if (!there) made = [tensor];
      this.gpu.write(there ?? await this.allocateResident(tensor), data);
      return async () => undefined;
    }).catch(async (error: unknown) => {
      if (this.gpu.lost === undefined) await this.#recording.run(async () => this.#forget(made));
      throw error;
    });
    return this.resident(tensor) || tensor.disposed ? this.#handedOut(tensor) : this.place(tensor, data); // others may have moved it meanwhile
  }

  /** Writes over a result where it lies on the device, if it does; a copy of it on the host is dropped. */
  async overwrite(tensor: Tensor, data: Float32Array<ArrayBuffer>): Promise<boolean> {
    return this.#guarded('tensor.read', async () => {
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
    if (this.#recording.isIdle && !this.memory.holds(tensor)) return;
    await this.#recording.run(async () => this.memory.release(tensor));
  }

  /** The numbers of a source, read back when they live in a GPUBuffer. */
  async hostData(tensor: Tensor): Promise<StoredNumbers> {
    const { origin } = tensor;
    if (origin.kind !== 'source') throw new TypeError('This tensor has no data on the host');
    if (!isGpuBuffer(origin.data)) return origin.data;
    const buffer = origin.data as GPUBuffer;
    this.#assertNotLost('engine.rows');
    const bytes = new Uint8Array(bytesOfTensor(tensor));
    if ((origin.data.usage & usage.copySrc) === 0) {
      throw new DomainError({
        operation: 'engine.rows', argument: 'data', expected: 'a GPUBuffer that can be copied from, for its numbers are needed on the host', got: 'a buffer without COPY_SRC',
        remedy: 'Create it with GPUBufferUsage.COPY_SRC.',
      });
    }
    await this.#guarded('engine.rows', async () => {
      this.memory.begin([], () => undefined);
      await this.memory.download(buffer, bytes);
      return async () => undefined;
    });
    return tensor.storage === 'f16' ? new Uint16Array(bytes.buffer) : new Float32Array(bytes.buffer);
  }

  /** Runs a tensor and copies the result to the host. A result made in one block stays on the device too. */
  async read(tensor: Tensor, hooks: RunHooks): Promise<{ data: Float32Array<ArrayBuffer>; facts: RunFacts; bytesDown: number }> {
    const spilled = this.memory.spilled(tensor);
    if (spilled) return { data: spilled.slice(), facts: { chunks: 1, dispatches: 0, bytesUp: 0, gpuMilliseconds: 0, whole: undefined }, bytesDown: 0 };
    const data = new Float32Array(tensor.rows * tensor.width);
    const put: Sink['put'] = async (region, range, record) => {
      const bytes = 4 * range.rows * range.width;
      const deliver = recordReadback(this.gpu, record, await this.memory.take('staging', bytes), region.buffer, 4 * region.start, bytes);
      return () => deliver((block) => placeBlock(new Float32Array(block), range, data, tensor.width));
    };
    return { data, facts: await this.#run(tensor, hooks, { put, isRead: true }), bytesDown: data.byteLength };
  }

  /** Runs a tensor and leaves the result on the device, whole. */
  async buffer(tensor: Tensor, hooks: RunHooks): Promise<{ buffer: GPUBuffer; facts: RunFacts | undefined }> {
    this.#assertNotLost('tensor.buffer');
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
      const run = new Run(this, tensor);
      uploaded = run.uploaded;
      const finish = await run.start(sink, hooks);
      land = this.memory.takeOff();
      return async () => ended = await finish((source) => {
        land(); // to read what is on the device takes a turn, and who has it may wait for this run's memory
        return this.hostData(source);
      });
    };
    try {
      const facts = await this.#guarded(operation, start, hooks.signal);
      if (facts.whole) this.#settle(tensor, facts.whole.buffer);
      settle();
      return facts;
    } catch (error) {
      land();
      if (ended?.whole) this.gpu.pool.give(ended.whole.buffer); // it ended, and then an error came to light
      const isHarmless = error instanceof DomainError || (hooks.signal?.aborted === true && error === hooks.signal.reason);
      if (!isHarmless && this.gpu.lost === undefined) await this.#recording.run(async () => this.#forget(uploaded));
      throw error;
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

  /** Starts work in its turn and waits for its end, inside error scopes; what fails because the device was lost says so. */
  async #guarded<T>(operation: string, start: () => Promise<() => Promise<T>>, signal?: AbortSignal): Promise<T> {
    try {
      const { outcome, check } = await this.#recording.run(async () => {
        this.#assertNotLost(operation);
        return this.#whileAlive(this.gpu.collecting(operation, start));
      }, signal);
      const [ended] = outcome.status === 'fulfilled' ? await this.#whileAlive(Promise.allSettled([outcome.value()])) : [outcome];
      await this.#whileAlive(check());
      if (ended.status === 'rejected') throw ended.reason;
      return ended.value;
    } catch (error) {
      const ofTheCaller = error instanceof DomainError || error instanceof LimitExceededError || signal?.aborted === true;
      if (!ofTheCaller && this.gpu.lost === undefined) await this.#lossIsTold();
      if (!ofTheCaller) this.#assertNotLost(operation, error);
      throw error;
    }
  }

  /** Waits until the loss of the device is told, if it comes to light at all. */
  #lossIsTold(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(end, lossDelay);
      const stop = this.gpu.onLost(end);
    });
  }

  /** What a device that died was to do may never end, in which case this ends with its loss. */
  #whileAlive<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const lost = (): void => {
        clearTimeout(timer);
        reject(new Error(`the device was lost: ${this.gpu.lost}`));
      };
      work.catch(() => undefined);
      if (this.gpu.lost !== undefined) return lost();
      const stop = this.gpu.onLost(lost);
      const watch = (milliseconds: number): void => {
        timer = setTimeout(() => {
          const silence = performance.now() - Math.max(start, this.gpu.answered);
          if (silence < this.#patience) watch(this.#patience - silence);
          else this.gpu.giveUp(`it did not answer for ${this.#patience / 1000} s`);
        }, milliseconds);
      };
      const start = performance.now();
      watch(this.#patience);
      work.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        stop();
      }).catch(() => undefined);
    });
  }

  #assertNotLost(operation: string, cause?: unknown): void {
    if (this.gpu.lost === undefined) return;
    throw new DeviceLostError(
      { operation, expected: 'a live GPU device', got: `a lost one: ${this.gpu.lost}`, remedy: 'Read again: the engine gets another device, or goes on with the CPU.' }, cause === undefined ? undefined : { cause },
    );
  }

  destroy(): void {
    this.gpu.destroy();
  }
}

function subgroupOf({ features, adapterInfo }: GPUDevice): 0 | 4 | 16 {
  if (!features.has('subgroups')) return 0;
  const { subgroupMinSize } = adapterInfo;
  return subgroupMinSize >= 16 ? 16 : subgroupMinSize >= 4 ? 4 : 0;
}

/** Puts a block of a result where it belongs in the whole, on the host and on the device. */
function placeBlock(block: Float32Array, range: Range, whole: Float32Array, width: number): void {
  if (range.width === width) {
    whole.set(block, range.from * width);
    return;
  }
  for (let row = 0; row < range.rows; row++) {
    whole.set(block.subarray(row * range.width, (row + 1) * range.width), (range.from + row) * width + range.columnFrom);
  }
}

function copyBlock(commands: GPUCommandEncoder, region: Region, range: Range, whole: GPUBuffer, { width, storage }: Tensor): void {
  if (range.width === width) {
    const start = region.start % perWord[storage]; // whole words, whose other half is the same on both sides
    commands.copyBufferToBuffer(region.buffer, bytesOf(storage, region.start - start), whole, bytesOf(storage, range.from * width - start), bytesOf(storage, start + range.rows * width));
    return;
  }
  for (let row = 0; row < range.rows; row++) {
    const to = 4 * ((range.from + row) * width + range.columnFrom);
    commands.copyBufferToBuffer(region.buffer, 4 * (region.start + row * region.stride), whole, to, 4 * range.width);
  }
}
