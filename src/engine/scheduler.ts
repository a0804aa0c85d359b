import type { BackendSelector, Choice } from './backend-selector.ts';
import { BackendUnavailableError, DeviceLostError, LimitExceededError } from './errors.ts';
import type { Events } from './events.ts';
import type { FastPath } from './fast-path.ts';
import { BufferOwners } from './buffer-owners.ts';
import { Verifier, type Check, type CheckOptions } from './verifier.ts';
import { lineageOf, operationOf } from './lineage.ts';
import { OnCpu } from './on-cpu.ts';
import { recovering, withoutSteppingBack } from './recovery.ts';
import { Reference, type SourceData } from './reference.ts';
import type { RunReport } from './report.ts';
import type { BufferResult, EngineInfo, MemoryUse, ReadResult, Runner } from './runner.ts';
import { unlessAborted } from './signals.ts';
import { isEmpty, type ReadOptions, type Tensor } from './tensor.ts';
import type { WebGpuBackend } from './webgpu/backend.ts';
import type { Devices } from './webgpu/devices.ts';
import type { RunHooks } from './run-hooks.ts';
import type { RunFacts } from './webgpu/gpu-run.ts';

export interface SchedulerParts {
  readonly info: EngineInfo;
  readonly events: Events;
  readonly devices?: Devices;
  readonly fast: FastPath | undefined;
  readonly check: Check | CheckOptions;
  /** Whether the caller has left the choice of a place to the engine: what is too large for the GPU then goes to the CPU. */
  readonly isFree?: boolean;
  /** What makes that choice, where there is one. */
  readonly selector?: BackendSelector | undefined;
}

/** Runs tensors here: decides where, begins anew what a lost device took, falls back to the CPU, and has results checked. */
export class Scheduler implements Runner {
  readonly info: EngineInfo;
  readonly events: Events;
  readonly takesArrays = false;
  readonly #devices: Devices | undefined;
  readonly #cpu: OnCpu;
  readonly #verifier: Verifier;
  readonly #isFree: boolean;
  readonly #selector: BackendSelector | undefined;
  readonly #owners = new BufferOwners();

  constructor({ info, events, devices, fast, check, isFree = false, selector }: SchedulerParts) {
    this.info = info;
    this.events = events;
    this.#devices = devices;
    this.#cpu = new OnCpu(fast);
    this.#verifier = new Verifier(check);
    this.#isFree = isFree;
    this.#selector = selector;
  }

  get noBuffers(): string | undefined {
    return this.#devices ? undefined : 'this engine runs on the CPU';
  }

  adopt(source: Tensor): void {
    this.#owners.adopt(source, this.#devices?.current);
  }

  placeOf(tensor: Tensor): 'gpu' | 'cpu' {
    return this.#reasonForCpu(tensor) === undefined ? 'gpu' : 'cpu';
  }

  async read(tensor: Tensor, options: ReadOptions): Promise<ReadResult> {
    const start = performance.now();
    const reason = this.#reasonForCpu(tensor);
    if (reason !== undefined) return this.#readOnCpu(tensor, withoutSteppingBack(options), start, reason);
    if (!this.#selector) return this.#readOnDevice(tensor, options, start);
    const gpu = this.#devices!.current ?? await unlessAborted(this.#devices!.live(), options.signal);
    if (!gpu) return this.#readOnDevice(tensor, options, start);
    const chosen = this.#selector.choose(tensor, gpu, this.#devices!.adapter);
    const choice = chosen instanceof Promise ? await unlessAborted(chosen, options.signal) : chosen;
    const waited = performance.now() - start;
    const run = this.#selector.begin();
    let report: RunReport | undefined;
    try {
      const result = await (choice.place === 'cpu' ? this.#readOnCpu(tensor, withoutSteppingBack(options), start, choice.reason, choice) : this.#readOnDevice(tensor, options, start, choice));
      report = result.report;
      return result;
    } finally {
      this.#selector.end(run, choice, report, waited);
    }
  }

  async buffer(tensor: Tensor, options: ReadOptions): Promise<BufferResult> {
    if (!this.#devices) throw new BackendUnavailableError({ ...noBuffer, expected: 'an engine on WebGPU', got: this.info.reason });
    const start = performance.now();
    const reason = isEmpty(tensor) ? noRows : unsupportedReason(tensor);
    const run = async (gpu: WebGpuBackend, hooks: RunHooks, replays: number): Promise<BufferResult> => {
      this.#owners.assertOn(gpu, tensor);
      if (reason === undefined || gpu.resident(tensor)) return this.#bufferOnGpu(gpu, tensor, hooks, start, replays);
      const { data, report } = await this.#readOnCpu(tensor, hooks, start, reason);
      return { buffer: await gpu.place(tensor, data), report: { ...report, bytesUp: data.byteLength } };
    };
    return recovering({
      devices: this.#devices, run,
      withoutDevice: (why) => { throw new DeviceLostError({ ...noBuffer, expected: 'a live GPU device', got: why }); },
      afterFailure: (_why, _hooks, error) => { throw error; },
    }, options);
  }

  release(tensor: Tensor): void {
    void this.#devices?.current?.release(tensor);
  }

  async memory(): Promise<MemoryUse> {
    return this.#devices?.current?.memory.use ?? { budget: 0, used: 0, pooled: 0, buffers: 0, spilled: 0 };
  }

  async destroy(): Promise<void> {
    await this.#selector?.stop();
    this.#devices?.destroy();
    this.#cpu.fast?.destroy();
  }

  /** Why a tensor is for the CPU; undefined if it is for the GPU. */
  #reasonForCpu(tensor: Tensor): string | undefined {
    if (isEmpty(tensor)) return noRows;
    if (!this.#devices) return this.info.reason;
    return tensor.origin.kind === 'source' ? 'the data was given, nothing is to be computed' : unsupportedReason(tensor);
  }

  #readOnDevice(tensor: Tensor, options: ReadOptions, start: number, choice?: Choice): Promise<ReadResult> {
    const onCpu = (why: string, hooks: RunHooks): Promise<ReadResult> => this.#readOnCpu(tensor, hooks, start, why, choice);
    const fallBack = (reason: string, hooks: RunHooks): Promise<ReadResult> => {
      this.events.emit('fallback', { reason, operation: operationOf(tensor) });
      return onCpu(reason, hooks);
    };
    return recovering({
      devices: this.#devices!, withoutDevice: onCpu, afterFailure: fallBack,
      run: async (gpu, hooks, replays) => {
        this.#owners.assertOn(gpu, tensor);
        try {
          const { data, report } = await this.#readOnGpu(gpu, tensor, hooks, start, replays);
          return { data, report: choice ? { ...report, reason: choice.reason, predicted: choice.predicted } : report };
        } catch (error) {
          if (!this.#isFree || !(error instanceof LimitExceededError)) throw error; // who asked for WebGPU is told
          return fallBack(`too large for the GPU: ${error.expected} were expected, got ${error.got}`, hooks);
        }
      },
    }, options);
  }

  async #readOnGpu(gpu: WebGpuBackend, tensor: Tensor, options: RunHooks, start: number, replays: number): Promise<ReadResult> {
    const { ofRun, ofCheck } = this.#hooks(tensor, options);
    const { result: { data, facts, bytesDown }, milliseconds } = await this.#verifier.timed(() => gpu.read(tensor, ofRun));
    const { report, anew } = await this.#verified({ tensor, report: this.#report(tensor, start, facts, bytesDown, replays), milliseconds, numbers: async () => data }, ofCheck, start);
    if (anew) await this.#mend(gpu, tensor, anew);
    return { data: anew ?? data, report };
  }

  async #bufferOnGpu(gpu: WebGpuBackend, tensor: Tensor, options: RunHooks, start: number, replays: number): Promise<BufferResult> {
    const { ofRun, ofCheck } = this.#hooks(tensor, options);
    const { result: { buffer, facts }, milliseconds } = await this.#verifier.timed(() => gpu.buffer(tensor, ofRun));
    if (!facts) return { buffer, report: this.#verifier.hasFailed(tensor) ? (await this.#readOnGpu(gpu, tensor, options, start, replays)).report : undefined };
    const made: Made = { tensor, report: this.#report(tensor, start, facts, 0, replays), milliseconds, numbers: async () => (await gpu.read(tensor, { signal: options.signal })).data };
    const { report, anew } = await this.#verified(made, ofCheck, start);
    if (anew) await this.#mend(gpu, tensor, anew);
    return { buffer: anew ? await gpu.place(tensor, anew) : buffer, report };
  }

  async #readOnCpu(tensor: Tensor, options: RunHooks, start: number, reason: string, choice?: Choice): Promise<ReadResult> {
    const sourceData = await this.#hostData(tensor, options);
    const { ofRun, ofCheck } = this.#hooks(tensor, options);
    const { result: { fast, data }, milliseconds } = await this.#verifier.timed(() => this.#cpu.run(tensor, sourceData, { ofFast: ofRun, ofReference: options }, choice?.plan));
    const report: RunReport = {
      operation: operationOf(tensor), shape: tensor.shape, backend: this.info.backend === 'reference' ? 'reference' : 'cpu', adapter: fast?.adapter ?? 'CPU', reason,
      chunks: fast?.blocks ?? 1, dispatches: 0, bytesUp: 0, bytesDown: 0, milliseconds: { total: performance.now() - start }, ...(choice && { predicted: choice.predicted }),
    };
    if (!fast) return { data, report };
    const { report: certified, anew } = await this.#verified({ tensor, report, milliseconds, numbers: async () => data }, ofCheck, start);
    return { data: anew ?? data, report: certified };
  }

  /** What goes to a run and to the check that follows it, so that their progress is one. */
  #hooks(tensor: Tensor, { signal, onProgress, share, checkpoints }: RunHooks): { readonly ofRun: RunHooks; readonly ofCheck: RunHooks } {
    const steps = this.#verifier.steps(tensor);
    let own = 0;
    return {
      ofRun: { signal, share, checkpoints, onProgress: (done, total) => onProgress?.(done, (own = total) + steps) },
      ofCheck: { signal, onProgress: (done) => onProgress?.(own + done, own + steps) },
    };
  }

  /** Has a result checked; where it is wrong and the caller wants that, the reference makes it `anew`. */
  async #verified({ tensor, report, milliseconds, numbers }: Made, hooks: RunHooks, start: number): Promise<{ report: RunReport; anew?: Float32Array<ArrayBuffer> }> {
    if (this.#verifier.rows === 'off' || tensor.origin.kind === 'source') return { report }; // a source is what it is
    const began = performance.now();
    const certificate = await this.#verifier.verify({
      tensor, milliseconds, hooks,
      prepare: async () => ({ got: await numbers(), reference: new Reference(await this.#hostData(tensor, hooks)) }),
    });
    const certified = { ...report, certificate, milliseconds: { ...report.milliseconds, total: performance.now() - start, check: performance.now() - began } };
    if (certificate.passed || !this.#verifier.fallsBack) return { report: certified };
    const reason = `row ${certificate.worstRow} is ${certificate.worstUlps.toPrecision(3)} ulp from the reference (${report.adapter})`;
    this.events.emit('fallback', { reason, operation: report.operation });
    const anew = await this.#cpu.runByReference(tensor, await this.#hostData(tensor, hooks), { signal: hooks.signal });
    return { anew, report: { ...certified, backend: 'reference', adapter: 'CPU', reason, chunks: 1, milliseconds: { ...certified.milliseconds, total: performance.now() - start } } };
  }

  /** Others may read a wrong result where it lies: it is written over, or forgotten, so that it is made and judged again. */
  async #mend(gpu: WebGpuBackend, tensor: Tensor, anew: Float32Array<ArrayBuffer>): Promise<void> {
    if (await gpu.overwrite(tensor, anew)) this.#verifier.mended(tensor);
    else await gpu.release(tensor);
  }

  #hostData(tensor: Tensor, { signal }: RunHooks): Promise<SourceData> {
    return this.#owners.hostData(tensor, async () => this.#devices?.live(), signal);
  }

  #report(tensor: Tensor, start: number, facts: RunFacts, bytesDown: number, replays: number): RunReport {
    return {
      operation: operationOf(tensor), shape: tensor.shape, backend: 'webgpu', adapter: this.#devices!.adapter, reason: this.info.reason, chunks: facts.chunks, dispatches: facts.dispatches,
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

function unsupportedReason(tensor: Tensor): string | undefined {
  for (const { origin } of lineageOf(tensor)) {
    const reason = origin.kind === 'result' ? origin.operation.unsupported?.(origin.parameters) : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}
