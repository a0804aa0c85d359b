import type { MakeWorker } from '../workers.ts';
import { WorkerHandle } from './worker-handle.ts';
import { startThread } from './thread.ts';

export interface WorkerPoolOptions {
  /** Makes a worker of the caller's; undefined: from a blob, or a thread of Node. */
  readonly worker?: MakeWorker | undefined;
  /** Workers beside the caller's thread. */
  readonly workers?: number;
  /** Whether tasks lie in memory that both sides see. */
  readonly shared?: boolean;
  /** Milliseconds that must be left of a run for workers to have a part in it. */
  readonly worthwhile?: number;
  /** Milliseconds of such work that must have come up before workers are started. */
  readonly startAfter?: number;
  /** Milliseconds after which a silent worker is held to be dead. */
  readonly patience?: number;
}

const mostWorkers = 8;
/** Milliseconds that a worker may take to start. */
const longestBirth = 30_000;
/** How many workers may die before no others are started. */
const mostDeaths = 8;

/** The workers of an engine. They start when the work that came up would have paid for them. */
export class WorkerPool {
  readonly #module: WebAssembly.Module;
  readonly #options: WorkerPoolOptions;
  readonly #count: number;
  #workers: readonly WorkerHandle[] = [];
  #work = 0;
  #deaths = 0;
  #problem: string | undefined;
  #canLive = false;
  #isDestroyed = false;

  constructor(module: WebAssembly.Module, options: WorkerPoolOptions = {}) {
    this.#module = module;
    this.#options = options;
    this.#count = options.workers ?? Math.min(mostWorkers, cores() - 1);
  }

  /** Why there are no workers, and will be none. */
  get problem(): string | undefined {
    return this.#workers.length === 0 && this.#deaths >= mostDeaths ? this.#problem : undefined;
  }

  /**
   * Workers for a run that would take the caller's thread so long; undefined if they are not worth it. They may still
   * be starting.
   */
  workersFor(milliseconds: number): readonly WorkerHandle[] | undefined {
    const { worthwhile = 2.5, startAfter = 10 } = this.#options;
    if (milliseconds < worthwhile) return undefined;
    for (const worker of this.#workers) if (worker.birth > longestBirth) worker.die('the worker does not start');
    this.#work += milliseconds;
    if (this.#work >= startAfter) this.#start();
    return this.#workers;
  }

  /** Buries workers that are silent; at the end of a run, when what they said has been heard. */
  review(): void {
    const { patience = 1000 } = this.#options;
    for (const worker of this.#workers) if (worker.silence > patience) worker.die('the worker does not answer');
  }

  destroy(): void {
    this.#isDestroyed = true;
    for (const worker of this.#workers) worker.die('the engine was disposed of');
  }

  #start(): void {
    while (!this.#isDestroyed && this.#workers.length < this.#count && this.#deaths < mostDeaths) {
      try {
        const worker = new WorkerHandle(
          (events) => startThread(events, this.#options.worker),
          this.#module,
          this.#options.shared ?? canShare(),
          (died, reason) => this.#bury(died, reason),
        );
        if (!worker.isDead) this.#workers = [...this.#workers, worker];
      } catch (error) {
        this.#deaths = mostDeaths;
        this.#problem = error instanceof Error ? error.message : String(error);
      }
    }
  }

  /** Where no worker has come to life, others will not either. */
  #bury(worker: WorkerHandle, reason: string): void {
    this.#canLive ||= worker.wasReady || this.#workers.some(({ wasReady }) => wasReady);
    this.#workers = this.#workers.filter((other) => other !== worker);
    this.#deaths = this.#canLive ? this.#deaths + 1 : mostDeaths;
    this.#problem = reason;
  }
}

function cores(): number {
  const { navigator: here, process: node } = globalThis as {
    navigator?: { hardwareConcurrency?: number };
    process?: NodeJS.Process;
  };
  return here?.hardwareConcurrency ?? node?.getBuiltinModule?.('node:os').availableParallelism() ?? 1;
}

/** Pages share memory only if they are isolated from other origins; Node always does. */
function canShare(): boolean {
  return (
    typeof SharedArrayBuffer === 'function' &&
    (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false
  );
}
