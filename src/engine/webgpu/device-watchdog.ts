import { DeviceLostError, DomainError, LimitExceededError } from '../errors.ts';
import { Queue } from '../queue.ts';
import type { Gpu } from './gpu.ts';

/** Milliseconds in which the loss of a device is told after what failed because of it. */
const lossDelay = 250;

/**
 * Lets work of a device begin in its turn, and end: with its result, with the errors that scopes caught, or with the
 * loss of the device.
 */
export class DeviceWatchdog {
  /** Runs record their commands one after the other, and wait for the device side by side. */
  readonly recording: Queue = new Queue();
  readonly #gpu: Gpu;
  readonly #patience: number;

  /** `patience`: milliseconds in which the device has to get on with a run before it is taken for lost. */
  constructor(gpu: Gpu, patience: number) {
    this.#gpu = gpu;
    this.#patience = patience;
  }

  /**
   * Starts work in its turn and waits for its end, inside error scopes; what fails because the device was lost says
   * so.
   */
  async run<T>(operation: string, start: () => Promise<() => Promise<T>>, signal?: AbortSignal): Promise<T> {
    try {
      const { outcome, check } = await this.recording.run(async () => {
        this.assertNotLost(operation);
        return this.#whileAlive(this.#gpu.collecting(operation, start));
      }, signal);
      const [ended] =
        outcome.status === 'fulfilled' ? await this.#whileAlive(Promise.allSettled([outcome.value()])) : [outcome];
      await this.#whileAlive(check());
      if (ended.status === 'rejected') throw ended.reason;
      return ended.value;
    } catch (error) {
      const ofTheCaller =
        error instanceof DomainError || error instanceof LimitExceededError || signal?.aborted === true;
      if (!ofTheCaller && this.#gpu.lost === undefined) await this.#lossIsTold();
      if (!ofTheCaller) this.assertNotLost(operation, error);
      throw error;
    }
  }

  /** Waits until the loss of the device is told, if it comes to light at all. */
  #lossIsTold(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(end, lossDelay);
      const stop = this.#gpu.onLost(end);
    });
  }

  /** What a device that died was to do may never end, in which case this ends with its loss. */
  #whileAlive<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const lost = (): void => {
        clearTimeout(timer);
        reject(new Error(`the device was lost: ${this.#gpu.lost}`));
      };
      work.catch(() => undefined);
      if (this.#gpu.lost !== undefined) return lost();
      const stop = this.#gpu.onLost(lost);
      const watch = (milliseconds: number): void => {
        timer = setTimeout(() => {
          const silence = performance.now() - Math.max(start, this.#gpu.answered);
          if (silence < this.#patience) watch(this.#patience - silence);
          else this.#gpu.giveUp(`it did not answer for ${this.#patience / 1000} s`);
        }, milliseconds);
      };
      const start = performance.now();
      watch(this.#patience);
      work
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          stop();
        })
        .catch(() => undefined);
    });
  }

  assertNotLost(operation: string, cause?: unknown): void {
    if (this.#gpu.lost === undefined) return;
    throw new DeviceLostError(
      {
        operation,
        expected: 'a live GPU device',
        got: `a lost one: ${this.#gpu.lost}`,
        remedy: 'Read again: the engine gets another device, or goes on with the CPU.',
      },
      cause === undefined ? undefined : { cause },
    );
  }
}
