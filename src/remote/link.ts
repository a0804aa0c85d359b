import { DomainError, WorkerLostError } from '../engine/errors.ts';
import type { Events } from '../engine/events.ts';
import { onAbort } from '../engine/signals.ts';
import type { ReadOptions } from '../engine/tensor.ts';
import { anotherScript, connect, type MakeWorker, type Thread } from '../engine/workers.ts';
import { whenFree } from './life.ts';
import type { Answer, Answers, Order, Question } from './messages.ts';
import { reviveError } from './sent-error.ts';

interface Pending extends ReadOptions {
  /** What the caller called. */
  readonly operation: string;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

export interface LinkOptions {
  readonly make: MakeWorker;
  readonly events: Events;
  /** Milliseconds in which the worker must say that it is there. */
  readonly patience: number;
}

/** Milliseconds that a worker may take to end what it does. */
const longestEnd = 10_000;

/** Calls to a worker. They are answered, or rejected when it dies. */
export class Link {
  readonly #thread: Thread<Order>;
  readonly #events: Events;
  readonly #pending = new Map<number, Pending>();
  readonly #timer: ReturnType<typeof setTimeout>;
  #count = 0;
  #isReady = false;
  /** Why there is no worker any more. */
  #problem: string | undefined;

  constructor({ make, events, patience }: LinkOptions) {
    this.#events = events;
    this.#thread = started(() => connect(make(), { answer: (answer: Answer) => this.#receive(answer), died: (reason) => this.end(reason) }));
    this.#timer = setTimeout(() => this.end(`it did not answer in ${patience / 1000} s`), patience);
  }

  get isAlive(): boolean {
    return this.#problem === undefined;
  }

  /** Throws at once what keeps the call from being made. */
  call<Kind extends Question['kind']>(question: Question & { readonly kind: Kind }, operation: string, { signal, onProgress }: ReadOptions = {}, transfer: ArrayBuffer[] = []): Promise<Answers[Kind]> {
    const call = this.#count++;
    this.send({ ...question, call }, operation, transfer);
    let stop = (): void => undefined;
    const answered = new Promise<Answers[Kind]>((resolve, reject) => {
      this.#pending.set(call, { operation, resolve, reject, ...(onProgress && { onProgress }) });
      this.#thread.keepAlive(true);
      stop = onAbort(signal, () => {
        this.#abort(call);
        reject(signal!.reason);
      });
    });
    return answered.finally(() => {
      stop();
      this.#pending.delete(call);
      this.#thread.keepAlive(this.#pending.size > 0);
    });
  }

  /** Posts what needs no answer. */
  send(order: Order, operation: string, transfer: ArrayBuffer[] = []): void {
    if (this.#problem !== undefined) throw this.#lost(operation, this.#problem);
    try {
      this.#thread.post(order, transfer);
    } catch (error) {
      throw new DomainError({
        operation, expected: 'numbers and parameters that can be posted to the worker of the engine', got: (error as Error).message,
        remedy: 'Pass plain numbers and strings, and buffers that belong to no WebAssembly memory; or use an engine of this thread.',
      }, { cause: error });
    }
  }

  /** Ends the worker when it has let go of its device: Dawn takes a process of Node with it that ends a thread in the middle of its work. */
  async close(): Promise<void> {
    if (!this.isAlive) return;
    const reason = 'the engine was disposed of';
    const timer = setTimeout(() => this.end(reason), longestEnd);
    await this.call({ kind: 'close' }, 'engine.dispose').catch(() => {});
    clearTimeout(timer);
    this.end(reason);
  }

  /** Ends the worker. Who waits for it is told why. */
  end(reason: string): void {
    if (this.#problem !== undefined) return;
    this.#problem = reason;
    clearTimeout(this.#timer);
    this.#thread.end();
    for (const { operation, reject } of this.#pending.values()) reject(this.#lost(operation, reason));
  }

  #abort(call: number): void {
    if (this.#problem === undefined) this.#thread.post({ kind: 'abort', call }, []);
  }

  #receive(answer: Answer): void {
    if (this.#problem !== undefined) return;
    switch (answer.kind) {
      case 'ready': return this.#becomeReady(answer.lock);
      case 'done': return this.#pending.get(answer.call)?.resolve(answer.value as never);
      case 'failed': return this.#pending.get(answer.call)?.reject(reviveError(answer.error));
      case 'progress': return this.#progress(answer.call, answer.done, answer.total);
      case 'event': return this.#events.emit(answer.name, answer.event as never);
      default: this.end(anotherScript);
    }
  }

  #becomeReady(lock: string | undefined): void {
    this.#isReady = true;
    clearTimeout(this.#timer);
    if (lock !== undefined) whenFree(lock, () => this.end('it was ended'));
  }

  /** What the caller's function throws ends the run, as on one thread. */
  #progress(call: number, done: number, total: number): void {
    const pending = this.#pending.get(call);
    try {
      pending?.onProgress?.(done, total);
    } catch (error) {
      this.#abort(call);
      pending!.reject(error);
    }
  }

  #lost(operation: string, reason: string): WorkerLostError {
    return this.#isReady ? new WorkerLostError({ operation, expected: 'the worker of the engine', got: reason, remedy: 'Open another engine, and wrap the data anew.' }) : noWorker(operation, reason);
  }
}

function started<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw noWorker('openEngine', (error as Error).message, error);
  }
}

function noWorker(operation: string, got: string, cause?: unknown): WorkerLostError {
  return new WorkerLostError({
    operation, expected: 'a worker that runs the module dually/engine-worker', got, remedy: "Make it from that module, at an address that the page's policy allows.",
  }, cause === undefined ? undefined : { cause });
}
