import { BackendSelector } from './engine/backend-selector.ts';
import type { WorkerPoolOptions } from './engine/cpu/worker-pool.ts';
import type { Engine } from './engine/engine.ts';
import { openEngine as open } from './engine/open.ts';
import { DomainError, shown } from './engine/errors.ts';
import { takenOptions, type EngineOptions as CommonOptions } from './engine/options.ts';
import type { Forced } from './engine/webgpu/backend.ts';
import type { WorkerLike } from './engine/workers.ts';
import { CpuBackend } from './engine/cpu/backend.ts'; // last: what it imports last is long, and parts what compresses together

export interface EngineOptions extends CommonOptions {
  /**
   * Makes a worker for the CPU path, from the module `dually/cpu-worker`: for pages whose Content-Security-Policy forbids workers
   * from blobs, which is how workers are made otherwise. Where neither is allowed, all work is done on the caller's thread.
   *
   * @example
   * const worker = () => new Worker(new URL('dually/cpu-worker', import.meta.url), { type: 'module' });
   */
  readonly worker?: () => WorkerLike;
  /**
   * Whether 'auto' may measure the adapter and the CPU (default true), when a read first asks a question that this answers: a
   * read then waits for up to 50 ms longer, once an adapter, for pages keep the figures in their localStorage where they may.
   * Without, an average device is assumed. Either way runs correct what is predicted for other calls.
   */
  readonly calibrate?: boolean;
}

/** What tests force. */
interface ForcedOptions extends Forced {
  readonly pool?: WorkerPoolOptions;
}

/**
 * Opens an engine: the place where tensors live and run. Touches nothing global.
 *
 * Long runs on the CPU are shared with workers, one a core beside the caller's thread; they start when there is enough to do,
 * and end when the engine is disposed of. Pages that are isolated from other origins (`crossOriginIsolated`) share memory with
 * them; elsewhere it is handed over and back. A Float32Array in a SharedArrayBuffer is read where it lies.
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
export function openEngine(options?: EngineOptions): Promise<Engine>;
/** @internal */
export function openEngine(options?: EngineOptions, forced?: ForcedOptions): Promise<Engine>;
export async function openEngine(options: EngineOptions = {}, forced: ForcedOptions = {}): Promise<Engine> {
  const { worker, calibrate = true, ...common } = takenOptions(options, ['worker', 'calibrate']);
  if (worker !== undefined && typeof worker !== 'function') {
    throw new DomainError({ operation: 'openEngine', argument: 'worker', expected: 'a function that makes a Worker', got: shown(worker), remedy: 'Pass a function that returns a new worker each time, or leave it out.' });
  }
  if (typeof calibrate !== 'boolean') {
    throw new DomainError({ operation: 'openEngine', argument: 'calibrate', expected: 'true or false', got: shown(calibrate), remedy: 'Choose one of these.' });
  }
  return open(common, forced, {
    cpu: () => new CpuBackend({ worker, ...forced.pool }), selector: (cpu) => new BackendSelector(cpu, calibrate),
  });
}
