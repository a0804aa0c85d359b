import { breather } from './breather.ts';
import { certify, rowsToCheck, type Check } from './certificate.ts';
import { BackendUnavailableError, CertificateError, DeviceLostError, DomainError } from './errors.ts';
import type { DistributionForm, Form } from './forms.ts';
import { isGpuBuffer, type GpuBufferLike } from './gpu-types.ts';
import { lineageOf } from './lineage.ts';
import { checkOptions, type EngineOptions } from './options.ts';
import { readByReference } from './reference-run.ts';
import { Reference } from './reference.ts';
import type { Backend, RunReport } from './report.ts';
import { checkForm, checkSource, type RowData, type RowOptions, type ValueOptions } from './sources.ts';
import type { StoredNumbers } from './storage.ts';
import { Tensor, type ReadOptions, type TensorHost } from './tensor.ts';
import type { FastPath } from './fast-path.ts';
import { describe, findDevice, unavailable } from './webgpu/adapter.ts';
import { WebGpuBackend, type Forced } from './webgpu/backend.ts';
import type { RunFacts } from './webgpu/run.ts';

export interface EngineInfo {
  readonly backend: Backend;
  readonly adapter: string;
  /** Why this backend was chosen. */
  readonly reason: string;
  /** The device's limits that batches are cut by; empty on the CPU. */
  readonly limits: Readonly<Record<string, number>>;
}

/** Makes what runs fast without a GPU. */
export type MakeFastPath = () => FastPath;

/**
 * Opens an engine that has WebGPU and the reference, and no other fast path than that: for those who want a small bundle.
 *
 * @throws BackendUnavailableError when backend: 'webgpu' finds no adapter.
 */
export async function openEngine(options: EngineOptions = {}, /** @internal */ forced: Forced = {}, /** @internal */ makeFastPath?: MakeFastPath): Promise<Engine> {
  checkOptions(options);
  const check = options.check ?? 'off';
  const onCpu = (backend: Backend, reason: string): Engine => {
    const fast = backend === 'reference' ? undefined : makeFastPath?.();
    return new Engine(undefined, fast, { backend, adapter: 'CPU', reason, limits: {} }, check);
  };
  if (options.backend === 'cpu') return onCpu('cpu', 'the caller asked for the CPU');
  if (options.backend === 'reference') return onCpu('reference', 'the caller asked for the reference');
  const found = options.device
    ? { device: options.device as GPUDevice, adapter: describe((options.device as GPUDevice).adapterInfo), fallback: (options.device as GPUDevice).adapterInfo?.isFallbackAdapter ?? false }
    : await findDevice(['subgroups']);
  if (!('device' in found)) {
    if (options.backend === 'webgpu') throw unavailable(found.reason);
    return onCpu('cpu', found.reason);
  }
  if (found.fallback && makeFastPath && !options.device && options.backend !== 'webgpu') {
    found.device.destroy();
    return onCpu('cpu', `the only adapter (${found.adapter}) is software, which is slower than WebAssembly`);
  }
  const gpu = new WebGpuBackend(found.device, { borrowed: options.device !== undefined, softwareAdapter: found.fallback, forced });
  const reason = options.device ? 'the caller gave a device' : options.backend === 'webgpu' ? 'the caller asked for WebGPU' : 'WebGPU has an adapter';
  return new Engine(gpu, makeFastPath?.(), { backend: 'webgpu', adapter: found.adapter, reason, limits: { ...gpu.limits } }, check);
}

/** What has been decided for one run: where, and why. */
type Outcome = { readonly data: Float32Array<ArrayBuffer>; readonly report: RunReport };

export class Engine implements TensorHost {
  readonly info: EngineInfo;
  readonly #gpu: WebGpuBackend | undefined;
  readonly #fast: FastPath | undefined;
  readonly #check: Check;
  readonly #checkedOnCpu = new WeakSet<Tensor>();
  #turn: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** @internal */
  constructor(gpu: WebGpuBackend | undefined, fast: FastPath | undefined, info: EngineInfo, check: Check) {
    this.#gpu = gpu;
    this.#fast = fast;
    this.info = info;
    this.#check = check;
  }

  /**
   * Wraps distributions, one a row, without copying a Float32Array or a GPUBuffer; other numbers are rounded to f32.
   * The data must not change while the tensor is in use. The entries are checked when they are first used.
   *
   * Forms: 'probabilities' (default; sums within 1e-3 of 1, deviations are normalised exactly), 'weights' (any sum between 2⁻¹⁰⁰ and 2¹⁰⁰),
   * 'logProbabilities' and 'logits' (−Infinity stands for probability zero).
   * Halves: a Float16Array, or with storage: 'f16' a Uint16Array or GPUBuffer of their bits, takes half the memory on the device too.
   * @throws ShapeError for lengths, sizes or usages that do not fit.
   */
  rows(data: RowData, options: RowOptions): Tensor {
    const { form = 'probabilities' }: { readonly form?: DistributionForm } = options ?? {};
    return this.#source('engine.rows', data, options, checkForm('engine.rows', form), 2);
  }

  /** Wraps real vectors, one a row: gradients and tangent vectors. Entries must be finite. */
  values(data: RowData, options: ValueOptions): Tensor {
    return this.#source('engine.values', data, options, 'values', 1);
  }

  #source(operation: string, given: RowData, options: ValueOptions, form: Form, fewest: number): Tensor {
    this.#assertOpen(operation);
    const { data, rows, outcomes, storage } = checkSource(operation, given, options ?? {}, fewest);
    if (!this.#gpu && isGpuBuffer(data)) {
      throw new DomainError({
        operation, argument: 'data', expected: 'data on the host, for this engine runs on the CPU', got: 'a GPUBuffer', remedy: 'Give a typed array, or open the engine with the device of the buffer.',
      });
    }
    return new Tensor(this, [rows, outcomes], form, { kind: 'source', data, storage });
  }

  /** @internal */
  read(tensor: Tensor, options: ReadOptions): Promise<Float32Array<ArrayBuffer>> {
    return this.#inTurn(async () => {
      this.#assertRunnable(tensor, 'tensor.read', options);
      const { data, report } = await this.#run(tensor, options);
      tensor.report = report;
      if (report.certificate?.passed === false) throw certificateError(report);
      return data;
    });
  }

  /** @internal */
  buffer(tensor: Tensor, options: ReadOptions): Promise<GpuBufferLike> {
    return this.#inTurn(async () => {
      this.#assertRunnable(tensor, 'tensor.buffer', options);
      const gpu = this.#gpu;
      if (!gpu) {
        throw new BackendUnavailableError({
          operation: 'tensor.buffer', expected: 'an engine on WebGPU', got: this.info.reason, remedy: 'Use tensor.read(), which works on every backend.',
        });
      }
      const start = performance.now();
      const reason = isEmpty(tensor) ? noRows : unsupportedReason(tensor);
      if (reason !== undefined && !gpu.resident(tensor)) {
        const { data, report } = await this.#onCpu(tensor, options, start, reason);
        if (report.certificate?.passed === false) throw certificateError(report);
        const buffer = await gpu.place(tensor, data);
        tensor.report = { ...report, bytesUp: data.byteLength };
        return buffer;
      }
      if (tensor.origin.kind === 'result' && this.#check !== 'off' && reason === undefined) {
        const { report } = await this.#run(tensor, options);
        tensor.report = report;
        if (report.certificate?.passed === false) throw certificateError(report);
      }
      const { buffer, facts } = await gpu.buffer(tensor, options);
      if (facts) tensor.report = this.#report(tensor, start, facts, 0);
      return buffer;
    });
  }

  /** @internal */
  release(tensor: Tensor): void {
    void this.#inTurn(async () => this.#gpu?.release(tensor)).catch(() => undefined);
  }

  /** Frees everything the engine made. A borrowed device is left alone. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#turn.finally(() => {
      this.#gpu?.destroy();
      this.#fast?.destroy();
    }).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Disposes, and waits until what was running has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
    await this.#turn.catch(() => undefined);
  }

  /** Runs come one after the other, first come first served: error scopes and command order then belong to one run. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #assertOpen(operation: string): void {
    if (!this.#disposed) return;
    throw new DomainError({ operation, expected: 'a live engine', got: 'a disposed one', remedy: 'Open a new engine.' });
  }

  #assertRunnable(tensor: Tensor, operation: string, { signal }: ReadOptions): void {
    this.#assertOpen(operation);
    signal?.throwIfAborted();
    for (const { disposed, origin } of lineageOf(tensor)) {
      if (disposed && origin.kind === 'source') {
        throw new DomainError({ operation, expected: 'inputs that are still there', got: 'a tensor made from one that was disposed of', remedy: 'Dispose of a tensor only after its last use.' });
      }
    }
  }

  async #run(tensor: Tensor, options: ReadOptions): Promise<Outcome> {
    const start = performance.now();
    if (isEmpty(tensor)) return this.#onCpu(tensor, options, start, noRows);
    const gpu = this.#gpu;
    if (!gpu) return this.#onCpu(tensor, options, start, this.info.reason);
    if (tensor.origin.kind === 'source') return this.#onCpu(tensor, options, start, 'the data was given, nothing is to be computed');
    const unsupported = unsupportedReason(tensor);
    if (unsupported) return this.#onCpu(tensor, options, start, unsupported);
    try {
      const checks = rowsToCheck(this.#check, tensor.rows);
      let stages = 0;
      const onProgress = (done: number, total: number): void => options.onProgress?.(done, (stages = total) + checks);
      const { data, facts, bytesDown } = await gpu.read(tensor, { ...options, onProgress });
      const report = this.#report(tensor, start, facts, bytesDown);
      if (checks === 0) return { data, report };
      return { data, report: await this.#certified(tensor, data, report, start, (done) => {
        options.signal?.throwIfAborted();
        options.onProgress?.(stages + done, stages + checks);
      }) };
    } catch (error) {
      if (!(error instanceof DeviceLostError)) throw error;
      return this.#onCpu(tensor, options, start, `the GPU device was lost (${gpu.gpu.lost ?? 'no reason given'})`);
    }
  }

  async #onCpu(tensor: Tensor, options: ReadOptions, start: number, reason: string): Promise<Outcome> {
    const sources = await this.#hostSources(tensor);
    const sourceData = (source: Tensor): StoredNumbers => sources.get(source)!;
    const fast = isEmpty(tensor) ? undefined : await this.#fast?.read(tensor, sourceData, this.#checkedOnCpu, options);
    const data = fast?.data ?? await readByReference(tensor, sourceData, this.#checkedOnCpu, options);
    const report: RunReport = {
      ...this.#identity(tensor), backend: this.info.backend === 'reference' ? 'reference' : 'cpu', adapter: fast?.adapter ?? 'CPU', reason,
      chunks: fast?.blocks ?? 1, dispatches: 0, bytesUp: 0, bytesDown: 0, milliseconds: { total: performance.now() - start },
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
      sources.set(source, isGpuBuffer(source.origin.data) ? await this.#gpu!.hostData(source) : source.origin.data);
    }
    return sources;
  }

  #report(tensor: Tensor, start: number, facts: RunFacts, bytesDown: number): RunReport {
    return {
      ...this.#identity(tensor), backend: 'webgpu', adapter: this.info.adapter, reason: this.info.reason, chunks: facts.chunks, dispatches: facts.dispatches,
      bytesUp: facts.bytesUp, bytesDown, milliseconds: { total: performance.now() - start, gpu: facts.gpuMilliseconds },
    };
  }

  #identity({ origin, shape }: Tensor): Pick<RunReport, 'operation' | 'shape'> {
    return { operation: origin.kind === 'result' ? origin.operation.name : 'rows', shape };
  }
}

const noRows = 'there are no rows';

function isEmpty({ rows, width }: Tensor): boolean {
  return rows === 0 || width === 0;
}

function unsupportedReason(tensor: Tensor): string | undefined {
  for (const { origin } of lineageOf(tensor)) {
    const reason = origin.kind === 'result' ? origin.operation.unsupported?.(origin.parameters) : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function certificateError(report: RunReport): CertificateError {
  const { operation, certificate } = report;
  return new CertificateError({
    operation, row: certificate!.worstRow, expected: `a result within ${certificate!.tolerance}`, got: `an error of ${certificate!.worstUlps.toPrecision(3)} ulp`,
    remedy: "If the inputs are results that nearly cancel here, read them and wrap the numbers anew, to judge this step alone; otherwise it is computed wrongly here: use backend: 'reference'. tensor.report has the certificate.",
  }, { cause: report });
}
