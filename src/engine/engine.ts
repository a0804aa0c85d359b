import { breather, readOnCpu } from './cpu.ts';
import { certify, type Check } from './certificate.ts';
import { BackendUnavailableError, CertificateError, DeviceLostError, DomainError, shown } from './errors.ts';
import type { DistributionForm } from './forms.ts';
import { isGpuBuffer, type GpuBufferLike, type GpuDeviceLike } from './gpu-types.ts';
import { lineageOf } from './lineage.ts';
import { Reference } from './reference.ts';
import type { Backend, RunReport } from './report.ts';
import { checkForm, checkSource, type RowData } from './sources.ts';
import { Tensor, type ReadOptions, type TensorHost } from './tensor.ts';
import { describe, findDevice, unavailable } from './webgpu/adapter.ts';
import { WebGpuBackend, type Forced } from './webgpu/backend.ts';
import type { RunFacts } from './webgpu/run.ts';

export interface EngineOptions {
  /** Where to run: 'auto' (default) takes WebGPU when there is an adapter and the CPU otherwise. */
  readonly backend?: 'auto' | Backend;
  /** A device of the caller's. It is never destroyed, and its error handlers are left alone. */
  readonly device?: GpuDeviceLike;
  /** Compares GPU results with the f64 reference: of no row (default), of up to 32 rows a result, or of every row. */
  readonly check?: Check;
}

export interface EngineInfo {
  readonly backend: Backend;
  readonly adapter: string;
  /** Why this backend was chosen. */
  readonly reason: string;
  /** The device's limits that batches are cut by; empty on the CPU. */
  readonly limits: Readonly<Record<string, number>>;
}

/**
 * Opens an engine: the place where tensors live and run. Touches nothing global.
 *
 * @example
 * const engine = await openEngine({ backend: 'cpu' });
 * const p = engine.rows([[0.5, 0.5], [0.9, 0.1]], { outcomes: 2 });
 * const q = engine.rows([[0.25, 0.75]], { outcomes: 2 }); // one row serves the whole batch
 * const divergences = await klDivergence(p, q).read(); // Float32Array [0.1438…, 0.9514…], in nats
 * engine.dispose();
 *
 * @throws BackendUnavailableError when backend: 'webgpu' finds no adapter.
 */
export async function openEngine(options: EngineOptions = {}, /** @internal */ forced: Forced = {}): Promise<Engine> {
  checkOptions(options);
  const check = options.check ?? 'off';
  if (options.backend === 'cpu') return new Engine(undefined, { backend: 'cpu', adapter: 'CPU', reason: 'the caller asked for the CPU', limits: {} }, check);
  const found = options.device
    ? { device: options.device as GPUDevice, adapter: describe((options.device as GPUDevice).adapterInfo), fallback: (options.device as GPUDevice).adapterInfo?.isFallbackAdapter ?? false }
    : await findDevice();
  if (!('device' in found)) {
    if (options.backend === 'webgpu') throw unavailable(found.reason);
    return new Engine(undefined, { backend: 'cpu', adapter: 'CPU', reason: found.reason, limits: {} }, check);
  }
  const gpu = new WebGpuBackend(found.device, { borrowed: options.device !== undefined, softwareAdapter: found.fallback, forced });
  const reason = options.device ? 'the caller gave a device' : options.backend === 'webgpu' ? 'the caller asked for WebGPU' : 'WebGPU has an adapter';
  return new Engine(gpu, { backend: 'webgpu', adapter: found.adapter, reason, limits: { ...gpu.limits } }, check);
}

function checkOptions({ backend, check }: EngineOptions): void {
  const wrong = (argument: string, value: unknown, choices: readonly string[]): void => {
    if (value === undefined || choices.includes(value as string)) return;
    throw new DomainError({ operation: 'openEngine', argument, expected: choices.map(shown).join(', '), got: shown(value), remedy: 'Choose one of these.' });
  };
  wrong('backend', backend, ['auto', 'webgpu', 'cpu']);
  wrong('check', check, ['off', 'sample', 'all']);
}

/** What has been decided for one run: where, and why. */
type Outcome = { readonly data: Float32Array<ArrayBuffer>; readonly report: RunReport };

export class Engine implements TensorHost {
  readonly info: EngineInfo;
  readonly #gpu: WebGpuBackend | undefined;
  readonly #check: Check;
  readonly #checkedOnCpu = new WeakSet<Tensor>();
  #turn: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** @internal */
  constructor(gpu: WebGpuBackend | undefined, info: EngineInfo, check: Check) {
    this.#gpu = gpu;
    this.info = info;
    this.#check = check;
  }

  /**
   * Wraps distributions, one a row, without copying a Float32Array or a GPUBuffer; other numbers are rounded to f32.
   * The data must not change while the tensor is in use. The entries are checked when they are first used.
   *
   * Forms: 'probabilities' (default; sums within 1e-3 of 1, deviations are normalised exactly), 'weights' (any positive sum),
   * 'logProbabilities' and 'logits' (−Infinity stands for probability zero).
   * @throws ShapeError for lengths, sizes or usages that do not fit.
   */
  rows(data: RowData, { outcomes, form = 'probabilities' }: { readonly outcomes: number; readonly form?: DistributionForm }): Tensor {
    this.#assertOpen('engine.rows');
    const source = checkSource('engine.rows', data, outcomes, 2);
    return new Tensor(this, [source.rows, outcomes], checkForm('engine.rows', form), { kind: 'source', data: source.data });
  }

  /** Wraps real vectors, one a row: gradients and tangent vectors. Entries must be finite. */
  values(data: RowData, { outcomes }: { readonly outcomes: number }): Tensor {
    this.#assertOpen('engine.values');
    const source = checkSource('engine.values', data, outcomes, 1);
    return new Tensor(this, [source.rows, outcomes], 'values', { kind: 'source', data: source.data });
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
      if (tensor.origin.kind === 'result' && this.#check !== 'off' && tensor.rows > 0) {
        const { report } = await this.#run(tensor, options);
        tensor.report = report;
        if (report.certificate?.passed === false) throw certificateError(report);
      }
      const start = performance.now();
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
    void this.#turn.finally(() => this.#gpu?.destroy()).catch(() => undefined);
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
    if (tensor.rows === 0 || tensor.width === 0) return this.#onCpu(tensor, options, start, 'there are no rows');
    const gpu = this.#gpu;
    if (!gpu) return this.#onCpu(tensor, options, start, this.info.reason);
    if (tensor.origin.kind === 'source') return this.#onCpu(tensor, options, start, 'the data was given, nothing is to be computed');
    const unsupported = unsupportedReason(tensor);
    if (unsupported) return this.#onCpu(tensor, options, start, unsupported);
    try {
      const { data, facts, bytesDown } = await gpu.read(tensor, options);
      const report = this.#report(tensor, start, facts, bytesDown);
      return { data, report: await this.#certified(tensor, data, report, start) };
    } catch (error) {
      if (!(error instanceof DeviceLostError)) throw error;
      return this.#onCpu(tensor, options, start, `the GPU device was lost (${gpu.gpu.lost ?? 'no reason given'})`);
    }
  }

  async #onCpu(tensor: Tensor, options: ReadOptions, start: number, reason: string): Promise<Outcome> {
    const sources = await this.#hostSources(tensor);
    const data = await readOnCpu(tensor, (source) => sources.get(source)!, this.#checkedOnCpu, options);
    const report: RunReport = {
      ...this.#identity(tensor), backend: 'cpu', adapter: 'CPU', reason, chunks: 1, dispatches: 0, bytesUp: 0, bytesDown: 0,
      milliseconds: { total: performance.now() - start },
    };
    return { data, report };
  }

  async #certified(tensor: Tensor, data: Float32Array, report: RunReport, start: number): Promise<RunReport> {
    if (this.#check === 'off') return report;
    const began = performance.now();
    const sources = await this.#hostSources(tensor);
    const certificate = await certify(tensor, data, this.#check, new Reference((source) => sources.get(source)!), breather());
    const end = performance.now();
    return { ...report, certificate, milliseconds: { ...report.milliseconds, total: end - start, check: end - began } };
  }

  /** The numbers of every source of a lineage, on the host. */
  async #hostSources(tensor: Tensor): Promise<Map<Tensor, Float32Array>> {
    const sources = new Map<Tensor, Float32Array>();
    for (const source of lineageOf(tensor)) {
      if (source.origin.kind !== 'source') continue;
      sources.set(source, isGpuBuffer(source.origin.data) ? await this.#gpuData(source) : source.origin.data);
    }
    return sources;
  }

  async #gpuData(source: Tensor): Promise<Float32Array> {
    if (this.#gpu) return this.#gpu.hostData(source);
    throw new DomainError({
      operation: 'engine.rows', argument: 'data', expected: 'data on the host, for this engine runs on the CPU', got: 'a GPUBuffer', remedy: 'Give a typed array, or open the engine with the device of the buffer.',
    });
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

function unsupportedReason(tensor: Tensor): string | undefined {
  for (const { origin } of lineageOf(tensor)) {
    const reason = origin.kind === 'result' ? origin.operation.unsupported?.(origin.parameters) : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function certificateError({ operation, certificate }: RunReport): CertificateError {
  return new CertificateError({
    operation, row: certificate!.worstRow, expected: `a result within ${certificate!.tolerance}`, got: `an error of ${certificate!.worstUlps.toPrecision(3)} ulp`,
    remedy: "This adapter computes wrongly; use backend: 'cpu', and report the adapter and the row. tensor.report has the certificate.",
  });
}
