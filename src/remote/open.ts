import { Engine } from '../engine/engine.ts';
import { DomainError, shown } from '../engine/errors.ts';
import { Events } from '../engine/events.ts';
import { takenOptions } from '../engine/options.ts';
import type { WorkerLike } from '../engine/workers.ts';
import { Link } from './link.ts';
import type { PostedOptions } from './messages.ts';
import { RemoteRunner } from './remote-runner.ts';

export interface EngineOptions extends PostedOptions {
  /**
   * Makes the worker, from the module `dually/engine-worker` or one that imports it. Bundlers find it by this expression; in
   * Node it is `new Worker(new URL(import.meta.resolve('dually/engine-worker')))`.
   *
   * @example
   * const worker = () => new Worker(new URL('dually/engine-worker', import.meta.url), { type: 'module' });
   */
  readonly worker: () => WorkerLike;
}

/** Milliseconds that a worker may take to be loaded. */
const patience = 30_000;

/**
 * Opens an engine in a worker: nothing is computed on the caller's thread. It is the same engine otherwise, but for GPUBuffers,
 * which cannot leave a thread: it takes none and gives none. Tensors are sent when they are first read, and once.
 *
 * A source is copied on its way; one over a SharedArrayBuffer is shared, and `transfer: true` hands it over. Results are handed over.
 * What callers define (`defineFDivergence`, `defineBregman`) has to be known to the worker: see `register` of `dually/engine-worker`.
 *
 * @example
 * const worker = () => new Worker(new URL('dually/engine-worker', import.meta.url), { type: 'module' });
 * const engine = await openEngine({ worker });
 * const p = engine.rows([[0.5, 0.5], [0.9, 0.1]], { outcomes: 2 });
 * const divergences = await klDivergence(p, p).read();
 * engine.dispose(); // ends the worker
 *
 * @throws WorkerLostError when the worker cannot be started; BackendUnavailableError when backend: 'webgpu' finds no adapter.
 */
export function openEngine(options: EngineOptions): Promise<Engine>;
/** @internal */
export function openEngine(options: EngineOptions, forced?: { readonly patience?: number }): Promise<Engine>;
export async function openEngine(options: EngineOptions, forced: { readonly patience?: number } = {}): Promise<Engine> {
  const { worker, ...posted } = takenOptions(options, ['worker', 'calibrate']);
  if (typeof worker !== 'function') {
    throw new DomainError({ operation: 'openEngine', argument: 'worker', expected: 'a function that makes a Worker', got: shown(worker), remedy: 'Pass a function that makes a worker of the module dually/engine-worker.' });
  }
  for (const name of ['device', 'onDeviceLost'] as const) {
    const value = (posted as Partial<Record<typeof name, unknown>>)[name];
    if (value === undefined) continue;
    throw new DomainError({ operation: 'openEngine', argument: name, expected: 'none, for a device cannot leave its thread', got: shown(value), remedy: 'Leave it out, or open an engine of this thread.' });
  }
  const events = new Events();
  const link = new Link({ make: worker, events, patience, ...forced });
  try {
    return new Engine(new RemoteRunner(link, await link.call({ kind: 'open', options: posted }, 'openEngine'), events));
  } catch (error) {
    link.end(String(error));
    throw error;
  }
}
