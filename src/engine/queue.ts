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
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal!.reason);
      };
      this.#waiting.push(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}

/** Waits for something no longer than until the signal is aborted. */
export async function unlessAborted<T>(wait: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return wait;
  wait.catch(() => undefined); // when nobody waits for it any more
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    wait.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave)).catch(() => undefined);
  });
}
