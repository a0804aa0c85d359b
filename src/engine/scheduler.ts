import type { Chooser, Choice } from './chooser.ts';
import { BackendUnavailableError, DeviceError, DeviceLostError } from './errors.ts';
import type { Events } from './events.ts';
import type { FastPath } from './fast-path.ts';
import { isGpuBuffer } from './gpu-types.ts';
import { Inspector, type Check, type CheckOptions } from './inspector.ts';
import { consumerOf, lineageOf } from './lineage.ts';
import { Queue, unlessAborted } from './queue.ts';
import { readByReference } from './reference-run.ts';
import { Reference, type SourceData } from './reference.ts';
import type { RunReport } from './report.ts';
import type { BufferResult, EngineInfo, MemoryUse, ReadResult, Runner } from './runner.ts';
import type { StoredNumbers } from './storage.ts';
import type { ReadOptions, Tensor } from './tensor.ts';
import type { WebGpuBackend } from './webgpu/backend.ts';
import type { Devices } from './webgpu/devices.ts';
import type { RunFacts, RunHooks } from './webgpu/run.ts';

export interface SchedulerParts {
  readonly info: EngineInfo;
  readonly events: Events;
  readonly devices: Devices | undefined;
  readonly fast: FastPath | undefined;
  readonly check: Check | CheckOptions;
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
  readonly #inspector: Inspector;
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
    this.#inspector = new Inspector(check);
    this.#chooser = chooser;
  }

  get info(): EngineInfo {
    return this.#info;
  }

  get noBuffers(): string | undefined {
    return this.#devices ? undefined : 'this engine runs on the CPU';
  }

  adopt(source: Tensor): void {
    const home = this.#devices?.current;
    if (home && source.origin.kind === 'source' && isGpuBuffer(source.origin.data)) this.#homes.set(source, home);
  }

  placeOf(tensor: Tensor): 'gpu' | 'cpu' {
    return this.#reasonForCpu(tensor) === undefined ? 'gpu' : 'cpu';
  }

  async read(tensor: Tensor, options: ReadOptions): Promise<ReadResult> {
    const start = performance.now();
    const reason = this.#reasonForCpu(tensor);
    if (reason !== undefined) return this.#readOnCpu(tensor, { ...options, onProgress: neverBack(options.onProgress) }, start, reason);
    const gpu = this.#devices!.current;
    if (!this.#chooser || !gpu) return this.#readReplayed(tensor, options, start);
    const chosen = this.#chooser.choose(tensor, gpu, this.#devices!.adapter);
    const choice = chosen instanceof Promise ? await chosen : chosen;
    const waited = choice === chosen ? 0 : performance.now() - start;
    const turn = this.#chooser.begin();
    let report: RunReport | undefined;
    try {
      const result = await (choice.place === 'cpu' ? this.#readOnCpu(tensor, { ...options, onProgress: neverBack(options.onProgress) }, start, choice.reason, choice) : this.#readReplayed(tensor, options, start, choice));
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
    return this.#replayed(tensor, options, async (gpu, hooks, replays) => {
      if (reason !== undefined && !gpu.resident(tensor)) {
        const { data, report } = await this.#readOnCpu(tensor, hooks, start, reason);
        return { buffer: await gpu.place(tensor, data), report: { ...report, bytesUp: data.byteLength } };
      }
      const { ofRun, ofCheck } = this.#hooks(tensor, hooks);
      const { result: { buffer, facts }, milliseconds } = await this.#inspector.timed(() => gpu.buffer(tensor, ofRun));
      if (!facts) return { buffer, report: this.#inspector.hasFailed(tensor) ? (await this.#readOnGpu(gpu, tensor, hooks, start, replays)).report : undefined };
      const made: Made = { tensor, report: this.#report(tensor, start, facts, 0, replays), milliseconds, numbers: async () => (await gpu.read(tensor, { signal: hooks.signal })).data };
      const { report, anew } = await this.#inspected(made, ofCheck, start);
      return { buffer: anew ? await gpu.place(tensor, anew) : buffer, report };
    }, (why, _, cause) => { throw cause ?? new DeviceLostError({ ...noBuffer, expected: 'a live GPU device', got: why }); });
  }

  release(tensor: Tensor): void {
    void this.#devices?.current?.release(tensor);
  }

  async memory(): Promise<MemoryUse> {
    return this.#devices?.current?.memory.use ?? { budget: 0, used: 0, pooled: 0, buffers: 0, spilled: 0 };
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
   * refuses is believed the second time, when the device had let go of all that it need not hold; where it had no memory left,
   * the run is begun anew with nothing else there and with half as much for its blocks.
   */
  async #replayed<T>(tensor: Tensor, options: ReadOptions, run: (gpu: WebGpuBackend, options: RunHooks, replays: number) => Promise<T>, onCpu: (reason: string, options: RunHooks, cause?: Error) => Promise<T>): Promise<T> {
    const hooks = { ...options, onProgress: neverBack(options.onProgress) };
    for (let [replays, refusals, share] = [0, 0, 1]; ; replays++) {
      const gpu = await unlessAborted(this.#devices!.live(), options.signal);
      if (!gpu) return onCpu(this.#devices!.problem, hooks);
      this.#assertSourcesLive(tensor, gpu);
      try {
        return await run(gpu, { ...hooks, share }, replays);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!(error instanceof DeviceError || error instanceof DeviceLostError)) throw error;
        const isFull = error instanceof DeviceError && error.kind === 'out-of-memory';
        if (isFull) share /= 2;
        else if (error instanceof DeviceError) refusals++;
        if (refusals === 2 && (error as DeviceError).kind === 'validation') throw error;
        if (refusals < 2 && replays < mostReplays) continue;
        const reason = error instanceof DeviceError ? `the GPU failed: ${error.got}` : `${this.#devices!.problem}, ${replays + 1} times in this run`;
        this.events.emit('fallback', { reason, operation: operationOf(tensor) });
        return onCpu(reason, hooks, error instanceof DeviceError ? error : undefined);
      }
    }
  }

  async #readReplayed(tensor: Tensor, options: ReadOptions, start: number, choice?: Choice): Promise<ReadResult> {
    return this.#replayed(tensor, options, async (gpu, hooks, replays) => {
      const { data, report } = await this.#readOnGpu(gpu, tensor, hooks, start, replays);
      return { data, report: choice ? { ...report, reason: choice.reason, predicted: choice.predicted } : report };
    }, (why, hooks) => this.#readOnCpu(tensor, hooks, start, why, choice));
  }

  #assertSourcesLive(tensor: Tensor, gpu: WebGpuBackend): void {
    for (const source of lineageOf(tensor)) {
      const home = this.#homes.get(source);
      if (home !== undefined && home !== gpu) throw lostBuffer(source, tensor);
    }
  }

  async #readOnGpu(gpu: WebGpuBackend, tensor: Tensor, options: RunHooks, start: number, replays: number): Promise<ReadResult> {
    const { ofRun, ofCheck } = this.#hooks(tensor, options);
    const { result: { data, facts, bytesDown }, milliseconds } = await this.#inspector.timed(() => gpu.read(tensor, ofRun));
    const { report, anew } = await this.#inspected({ tensor, report: this.#report(tensor, start, facts, bytesDown, replays), milliseconds, numbers: async () => data }, ofCheck, start);
    if (anew && gpu.resident(tensor)) await gpu.place(tensor, anew); // others may read it there
    return { data: anew ?? data, report };
  }

  async #readOnCpu(tensor: Tensor, options: RunHooks, start: number, reason: string, choice?: Choice): Promise<ReadResult> {
    const sources = await this.#hostSources(tensor);
    const sourceData = (source: Tensor): StoredNumbers => sources.get(source)!;
    const { ofRun, ofCheck } = this.#hooks(tensor, options);
    const { result: { fast, data }, milliseconds } = await this.#inspector.timed(() => this.#onCpu.run(async () => {
      const plan = isEmpty(tensor) ? 'none' : choice?.plan ?? this.#fast?.plan(tensor) ?? 'none';
      const done = plan === 'none' ? undefined : await this.#fast!.read(tensor, plan, sourceData, this.#checkedOnCpu, ofRun);
      return { fast: done, data: done?.data ?? await readByReference(tensor, sourceData, this.#checkedOnCpu, options) };
    }, options.signal));
    const report: RunReport = {
      operation: operationOf(tensor), shape: tensor.shape, backend: this.#info.backend === 'reference' ? 'reference' : 'cpu', adapter: fast?.adapter ?? 'CPU', reason,
      chunks: fast?.blocks ?? 1, dispatches: 0, bytesUp: 0, bytesDown: 0, milliseconds: { total: performance.now() - start }, ...(choice && { predicted: choice.predicted }),
    };
    if (!fast) return { data, report };
    const { report: certified, anew } = await this.#inspected({ tensor, report, milliseconds, numbers: async () => data }, ofCheck, start);
    return { data: anew ?? data, report: certified };
  }

  /** What goes to a run and to the check that follows it, so that their progress is one. */
  #hooks(tensor: Tensor, { signal, onProgress, share }: RunHooks): { readonly ofRun: RunHooks; readonly ofCheck: RunHooks } {
    const steps = this.#inspector.steps(tensor);
    let own = 0;
    return {
      ofRun: { signal, share, onProgress: (done, total) => onProgress?.(done, (own = total) + steps) },
      ofCheck: { signal, onProgress: (done) => onProgress?.(own + done, own + steps) },
    };
  }

  /** Has a result checked; where it is wrong and the caller wants that, the reference makes it `anew`. */
  async #inspected({ tensor, report, milliseconds, numbers }: Made, hooks: RunHooks, start: number): Promise<{ report: RunReport; anew?: Float32Array<ArrayBuffer> }> {
    if (this.#inspector.rows === 'off') return { report };
    const began = performance.now();
    const sources = async (): Promise<SourceData> => {
      const data = await this.#hostSources(tensor);
      return (source) => data.get(source)!;
    };
    const certificate = await this.#inspector.inspect({
      tensor, milliseconds, hooks,
      prepare: async () => ({ got: await numbers(), reference: new Reference(await sources()) }),
    });
    const certified = { ...report, certificate, milliseconds: { ...report.milliseconds, total: performance.now() - start, check: performance.now() - began } };
    if (certificate.passed || !this.#inspector.fallsBack) return { report: certified };
    const reason = `row ${certificate.worstRow} is ${certificate.worstUlps.toPrecision(3)} ulp from the reference (${report.adapter})`;
    this.events.emit('fallback', { reason, operation: report.operation });
    const sourceData = await sources();
    const anew = await this.#onCpu.run(() => readByReference(tensor, sourceData, this.#checkedOnCpu, { signal: hooks.signal }), hooks.signal);
    this.#inspector.mended(tensor);
    return { anew, report: { ...certified, backend: 'reference', adapter: 'CPU', reason, chunks: 1, milliseconds: { ...certified.milliseconds, total: performance.now() - start } } };
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

/** A result that a run has made. */
interface Made {
  readonly tensor: Tensor;
  readonly report: RunReport;
  /** Time of the run. */
  readonly milliseconds: number;
  readonly numbers: () => Promise<Float32Array>;
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
    if (done / total <= most) return;
    most = done / total;
    onProgress?.(done, total);
  };
}

function lostBuffer(source: Tensor, root: Tensor): DeviceLostError {
  return new DeviceLostError({
    ...consumerOf(source, root), expected: 'numbers that are still there', got: `a GPUBuffer of shape [${source.shape.join(', ')}] that was lost with its device`,
    remedy: 'Wrap the data anew with engine.rows(), from the host or from a buffer of a live device.',
  });
}
