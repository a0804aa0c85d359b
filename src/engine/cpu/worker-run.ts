import type { WorkerHandle, Receiver } from './worker-handle.ts';
import type { RowQueue, RowRange } from './row-queue.ts';
import type { WorkerPool } from './worker-pool.ts';
import { numbersPerRow, type BadRow, type RowWork } from './program.ts';

/**
 * Milliseconds that a block should take: long enough not to count beside what goes round it, short enough for a page
 * to stay alive.
 */
const blockTime = 3;
/** The same where workers want to be fed between blocks. */
const sharedBlockTime = 1;
/** Milliseconds that a task should take. */
const taskTime = 1.5;
/** Milliseconds after which the feeding of workers has to wait until the next block. */
const feedTime = 2;
/** Milliseconds below which tasks and blocks cost more than they are worth. */
const shortestTime = 0.1;
/** Bytes of a task: two a worker are in the caches that cores share. */
const largestTask = 2 ** 22;

/** The workers of a pool at one run. */
export class WorkerRun implements Receiver {
  readonly #work: RowWork;
  readonly #queue: RowQueue;
  readonly #pool: WorkerPool | undefined;
  readonly #mostRows: number;
  readonly #helpers = new Set<WorkerHandle>();
  #workers: readonly WorkerHandle[] | undefined;
  #own: number | undefined;
  #wake: (() => void) | undefined;

  constructor(work: RowWork, queue: RowQueue, pool: WorkerPool | undefined) {
    this.#work = work;
    this.#queue = queue;
    this.#pool = pool;
    this.#mostRows = Math.max(1, Math.floor(largestTask / (4 * Math.max(1, numbersPerRow(work.program)))));
  }

  /** How many workers have done something. */
  get helpers(): number {
    return this.#helpers.size;
  }

  /** Whether workers wait to be fed. */
  get isBusy(): boolean {
    return this.#workers?.some((worker) => worker.isReady) ?? false;
  }

  /** Sends rows to workers with room for them, if what is left takes long at the pace of the caller's thread. */
  feed(own: number | undefined): void {
    if (!this.#pool || own === undefined) return;
    this.#own = own;
    this.#workers ??= this.#pool.workersFor(this.#queue.left / own);
    const end = performance.now() + feedTime;
    for (let isFed = true; isFed;) {
      isFed = false;
      for (const worker of this.#workers ?? []) isFed = (performance.now() < end && this.#send(worker, own)) || isFed;
    }
  }

  #send(worker: WorkerHandle, own: number): boolean {
    const range = worker.isFree
      ? this.#queue.take(Math.min(this.#mostRows, this.#share(worker.pace.known ?? own, taskTime, own)))
      : undefined;
    if (!range) return false;
    try {
      worker.send(this.#work, range, this);
    } catch (error) {
      this.#queue.giveBack(range);
      worker.die(String(error)); // no memory for its task, perhaps; the caller's thread does the rows
      return false;
    }
    return true;
  }

  /** Rows of the next block of the caller's thread. */
  ownShare(own: number | undefined): number {
    if (own === undefined) return Infinity;
    return this.isBusy ? this.#share(own, sharedBlockTime, own) : Math.max(1, Math.floor(blockTime * own));
  }

  /**
   * Rows for one with a pace: what takes it so long, but no more than half of its share in what is left, so that all
   * end together.
   */
  #share(pace: number, milliseconds: number, own: number): number {
    const all = this.#workers!.reduce((sum, worker) => sum + (worker.isReady ? (worker.pace.known ?? own) : 0), own);
    const half = (this.#queue.left * pace) / all / 2;
    return Math.max(1, Math.floor(Math.max(shortestTime * pace, Math.min(milliseconds * pace, half))));
  }

  /**
   * Waits until a task is there, or late: then anyone may do its rows again, for its worker may be dead, or have no
   * core.
   */
  change(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.#queue.reclaim();
          resolve();
        },
        2 * Math.max(taskTime, 1 / this.#own!),
      );
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  delivered(worker: WorkerHandle, range: RowRange, bad: BadRow | undefined): void {
    this.#helpers.add(worker);
    this.#queue.finish(range, bad);
    this.#wake?.();
  }

  lost(range: RowRange): void {
    this.#queue.giveBack(range);
    this.#wake?.();
  }

  leave(): void {
    for (const worker of this.#workers ?? []) worker.forget();
    if (this.isBusy) this.#pool!.review();
  }
}
