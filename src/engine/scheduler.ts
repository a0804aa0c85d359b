import { breather } from './breather.ts';
import { certify, rowsToCheck, type Check } from './certificate.ts';
import type { Chooser, Choice } from './chooser.ts';
import { BackendUnavailableError, DeviceError, DeviceLostError } from './errors.ts';
import type { Events } from './events.ts';
import type { FastPath } from './fast-path.ts';
import { isGpuBuffer } from './gpu-types.ts';
import { consumerOf, lineageOf } from './lineage.ts';
import { Queue } from './queue.ts';
import { readByReference } from './reference-run.ts';
import { Reference } from './reference.ts';
import type { RunReport } from './report.ts';
import type { BufferResult, EngineInfo, MemoryUse, ReadResult, Runner } from './runner.ts';
import type { StoredNumbers } from './storage.ts';
import type { ReadOptions, Tensor } from './tensor.ts';
import type { WebGpuBackend } from './webgpu/backend.ts';
import type { Devices } from './webgpu/devices.ts';
import type { RunFacts } from './webgpu/run.ts';

export interface SchedulerParts {
  readonly info: EngineInfo;
  readonly events: Events;
  readonly devices: Devices | undefined;
  readonly fast: FastPath | undefined;
  readonly check: Check;
  /** Undefined where the caller has chosen. */
  readonly chooser: Chooser | undefined;
}

/** How often a run is begun anew on the device before the CPU does it. */
const mostReplays = 3;

/** Runs tensors here: decides where, begins anew what a lost device took, falls back to the CPU, and has results checked. */
export class Scheduler implements Runner {
  readonly events: Events;
  readonly #info: EngineInfo;
  readonly #devices: Devices | undefined;
  readonly #fast: FastPath | undefined;
  readonly #check: Check;
  readonly #chooser: Chooser | undefined;
  readonly #onCpu = new Queue();
  readonly #checkedOnCpu = new WeakSet<Tensor>();
  /** On which device the GPUBuffer of a source is. */
  readonly #homes = new WeakMap<Tensor, WebGpuBackend>();

  constructor({ info, events, devices, fast, check, chooser }: SchedulerParts) {
    this.events = events;
    this.#info = info;
    this.#devices = devices;
    this.#fast = fast;
    this.#check = check;
    this.#chooser = chooser;
  }

  get info(): EngineInfo {
    return this.#info;
  }

  get takesBuffers(): boolean {
    return this.#devices !== undefined;
  }

  adopt(source: Tensor): void {
    const home = this.#devices?.current;
    if (home && source.origin.kind === 'source' && isGpuBuffer(source.origin.data)) this.#homes.set(source, home);
  }

  async read(tensor: Tensor, options: ReadOptions): Promise<ReadResult> {
    const start = performance.now();
    const reason = this.#reasonForCpu(tensor);
    if (reason !== undefined) return this.#readOnCpu(tensor, options, start, reason);
    const gpu = this.#devices!.current;
    if (!this.#chooser || !gpu) return this.#readReplayed(tensor, options, start);
    const chosen = this.#chooser.choose(tensor, gpu, this.#devices!.adapter);
    const choice = chosen instanceof Promise ? await chosen : chosen;
    const waited = choice === chosen ? 0 : performance.now() - start;
    const turn = this.#chooser.begin();
    let report: RunReport | undefined;
    try {
      const result = await (choice.place === 'cpu' ? this.#readOnCpu(tensor, options, start, choice.reason, choice) : this.#readReplayed(tensor, options, start, choice));
      report = result.report;
      return result;
    } finally {
      this.#chooser.end(turn, choice, report, waited);
    }
  }

  async buffer(tensor: Tensor, options: ReadOptions): Promise<BufferResult> {
    if (!this.#devices) throw new BackendUnavailableError({ ...noBuffer, expected: 'an engine on WebGPU', got: this.#info.reason });
    const start = performance.now();
    const reason = isEmpty(tensor) ? noRows : unsupportedReason(tensor);
    const checked = tensor.origin.kind === 'result' && this.#check !== 'off' && reason === undefined;
    return this.#replayed(tensor, options, async (gpu, hooks, replays) => {
      if (reason !== undefined && !gpu.resident(tensor)) {
        const { data, report } = await this.#readOnCpu(tensor, hooks, start, reason);
        return { buffer: await gpu.place(tensor, data), report: { ...report, bytesUp: data.byteLength } };
      }
      const certified = checked ? await this.#readOnGpu(gpu, tensor, hooks, start, replays) : undefined;
      const { buffer, facts } = await gpu.buffer(tensor, hooks);
      return { buffer, report: certified?.report ?? (facts && this.#report(tensor, start, facts, 0, replays)) };
    }, (why) => { throw new DeviceLostError({ ...noBuffer, expected: 'a live GPU device', got: why }); });
  }

  release(tensor: Tensor): void {
    void this.#devices?.current?.release(tensor);
  }

  async memory(): Promise<MemoryUse> {
    return this.#devices?.current?.memory() ?? { budget: 0, used: 0, pooled: 0, buffers: 0, spilled: 0 };
  }

  destroy(): void {
    this.#devices?.destroy();
    this.#fast?.destroy();
  }

  /** Why a tensor is for the CPU; undefined if it is for the GPU. */
  #reasonForCpu(tensor: Tensor): string | undefined {
    if (isEmpty(tensor)) return noRows;
    if (!this.#devices) return this.#info.reason;
    return tensor.origin.kind === 'source' ? 'the data was given, nothing is to be computed' : unsupportedReason(tensor);
  }

  /**
   * Runs on the device, and anew when that is lost: a tensor remembers how it is made, so nothing is lost with it. What WebGPU
   * refuses is believed the second time, when the run was alone and the device had let go of all that it need not hold.
   */
  async #replayed<T>(tensor: Tensor, options: ReadOptions, run: (gpu: WebGpuBackend, options: ReadOptions, replays: number) => Promise<T>, onCpu: (reason: string) => Promise<T>): Promise<T> {
    const hooks = { ...options, onProgress: neverBack(options.onProgress) };
    for (let replays = 0, refusals = 0; ; replays++) {
      options.signal?.throwIfAborted();
      const gpu = await this.#devices!.live();
      if (!gpu) return onCpu(this.#devices!.problem);
      this.#assertSourcesLive(tensor, gpu);
      try {
        return await run(gpu, hooks, replays);
      } catch (error) {
        const isLoss = error instanceof DeviceLostError;
        if (!isLoss && !(error instanceof DeviceError && refusals++ === 0)) throw error;
        if (replays < mostReplays) continue;
        const reason = isLoss ? `${this.#devices!.problem}, ${replays + 1} times in this run` : error.message;
        this.events.emit('fallback', { reason, operation: operationOf(tensor) });
        return onCpu(reason);
      }
    }
  }

  async #readReplayed(tensor: Tensor, options: ReadOptions, start: number, choice?: Choice): Promise<ReadResult> {
    return this.#replayed(tensor, options, async (gpu, hooks, replays) => {
      const { data, report } = await this.#readOnGpu(gpu, tensor, hooks, start, replays);
      return { data, report: choice ? { ...report, reason: choice.reason, predicted: choice.predicted } : report };
    }, (why) => this.#readOnCpu(tensor, options, start, why, choice));
  }

  #assertSourcesLive(tensor: Tensor, gpu: WebGpuBackend): void {
    for (const source of lineageOf(tensor)) {
      const home = this.#homes.get(source);
      if (home !== undefined && home !== gpu) throw lostBuffer(source, tensor);
    }
  }

  async #readOnGpu(gpu: WebGpuBackend, tensor: Tensor, options: ReadOptions, start: number, replays: number): Promise<ReadResult> {
    const checks = rowsToCheck(this.#check, tensor.rows);
    let stages = 0;
    const onProgress = (done: number, total: number): void => options.onProgress?.(done, (stages = total) + checks);
    const { data, facts, bytesDown } = await gpu.read(tensor, { ...options, onProgress });
    const report = this.#report(tensor, start, facts, bytesDown, replays);
    if (checks === 0) return { data, report };
    return { data, report: await this.#certified(tensor, data, report, start, (done) => {
      options.signal?.throwIfAborted();
      options.onProgress?.(stages + done, stages + checks);
    }) };
  }

  async #readOnCpu(tensor: Tensor, options: ReadOptions, start: number, reason: string, choice?: Choice): Promise<ReadResult> {
    const sources = await this.#hostSources(tensor);
    const sourceData = (source: Tensor): StoredNumbers => sources.get(source)!;
    const { fast, data } = await this.#onCpu.run(async () => {
      const plan = isEmpty(tensor) ? 'none' : choice?.plan ?? this.#fast?.plan(tensor) ?? 'none';
      const done = plan === 'none' ? undefined : await this.#fast!.read(tensor, plan, sourceData, this.#checkedOnCpu, options);
      return { fast: done, data: done?.data ?? await readByReference(tensor, sourceData, this.#checkedOnCpu, options) };
    }, options.signal);
    const report: RunReport = {
      operation: operationOf(tensor), shape: tensor.shape, backend: this.#info.backend === 'reference' ? 'reference' : 'cpu', adapter: fast?.adapter ?? 'CPU', reason,
      chunks: fast?.blocks ?? 1, dispatches: 0, bytesUp: 0, bytesDown: 0, milliseconds: { total: performance.now() - start }, ...(choice && { predicted: choice.predicted }),
    };
    if (!fast || this.#check === 'off') return { data, report };
    return { data, report: await this.#certified(tensor, data, report, start, () => options.signal?.throwIfAborted()) };
  }

  async #certified(tensor: Tensor, data: Float32Array, report: RunReport, start: number, onRow: (done: number) => void): Promise<RunReport> {
    const began = performance.now();
    const pause = breather();
    const sources = await this.#hostSources(tensor);
    const certificate = await certify(tensor, data, this.#check, new Reference((source) => sources.get(source)!), (done) => {
      onRow(done);
      return pause();
    });
    const end = performance.now();
    return { ...report, certificate, milliseconds: { ...report.milliseconds, total: end - start, check: end - began } };
  }

  /** The numbers of every source of a lineage, on the host. */
  async #hostSources(tensor: Tensor): Promise<Map<Tensor, StoredNumbers>> {
    const sources = new Map<Tensor, StoredNumbers>();
    for (const source of lineageOf(tensor)) {
      if (source.origin.kind !== 'source') continue;
      if (!isGpuBuffer(source.origin.data)) {
        sources.set(source, source.origin.data);
        continue;
      }
      const gpu = await this.#devices?.live();
      if (!gpu || gpu !== this.#homes.get(source)) throw lostBuffer(source, tensor);
      sources.set(source, await gpu.hostData(source));
    }
    return sources;
  }

  #report(tensor: Tensor, start: number, facts: RunFacts, bytesDown: number, replays: number): RunReport {
    return {
      operation: operationOf(tensor), shape: tensor.shape, backend: 'webgpu', adapter: this.#devices!.adapter, reason: this.#info.reason, chunks: facts.chunks, dispatches: facts.dispatches,
      bytesUp: facts.bytesUp, bytesDown, milliseconds: { total: performance.now() - start, gpu: facts.gpuMilliseconds }, ...(replays > 0 && { replays }),
    };
  }
}

const noBuffer = { operation: 'tensor.buffer', remedy: 'Use tensor.read(), which works on every backend.' };
const noRows = 'there are no rows';

function isEmpty({ rows, width }: Tensor): boolean {
  return rows === 0 || width === 0;
}

function operationOf({ origin }: Tensor): string {
  return origin.kind === 'result' ? origin.operation.name : 'rows';
}

function unsupportedReason(tensor: Tensor): string | undefined {
  for (const { origin } of lineageOf(tensor)) {
    const reason = origin.kind === 'result' ? origin.operation.unsupported?.(origin.parameters) : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Progress that does not go back when a run is begun anew. */
function neverBack(onProgress: ReadOptions['onProgress']): (done: number, total: number) => void {
  let most = 0;
  return (done, total) => {
    if (done > most) onProgress?.(most = done, total);
  };
}

function lostBuffer(source: Tensor, root: Tensor): DeviceLostError {
  return new DeviceLostError({
    ...consumerOf(source, root), expected: 'numbers that are still there', got: `a GPUBuffer of shape [${source.shape.join(', ')}] that was lost with its device`,
    remedy: 'Wrap the data anew with engine.rows(), from the host or from a buffer of a live device.',
  });
}
