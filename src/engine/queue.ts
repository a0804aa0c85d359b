import { onAbort } from './signals.ts';

/** Lets a few in at a time, first come first served. Who gives up leaves the line at once. */
export class Queue {
  readonly #waiting: (() => void)[] = [];
  readonly #width: number;
  #free: number;

  constructor(width = 1) {
    this.#free = this.#width = width;
  }

  get isIdle(): boolean {
    return this.#free === this.#width;
  }

  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        stop();
        resolve();
      };
      const stop = onAbort(signal, () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal!.reason);
      });
      this.#waiting.push(enter);
    });
  }
}
