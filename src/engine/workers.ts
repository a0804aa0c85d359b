/** Workers of the web and of Node, from outside and from inside. */

import { shown } from './errors.ts';

/** A Worker by its structure: that of the web, or of Node. */
export type WorkerLike = WebWorkerLike | NodeWorkerLike;

interface WorkerBase {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): unknown;
}

interface WebWorkerLike extends WorkerBase {
  addEventListener(type: string, listener: (event: object) => void): void;
}

interface NodeWorkerLike extends WorkerBase {
  on(type: string, listener: (value: unknown) => void): unknown;
  ref(): void;
  unref(): void;
}

export type MakeWorker = () => WorkerLike;

export interface Thread<Order> {
  post(order: Order, transfer: ArrayBuffer[]): void;
  /** Whether a process of Node waits for it; at first it does not. */
  keepAlive(isAwaited: boolean): void;
  end(): void;
}

export interface ThreadEvents<Answer> {
  readonly answer: (answer: Answer) => void;
  /** The worker died, or never came to life. */
  readonly died: (reason: string) => void;
}

const unreadable = 'an answer of the worker cannot be read';
/** What is said of a worker that runs something else. */
export const anotherScript = 'another script, whose messages make no sense';

/** Throws unless what the caller made is a worker. Answers are objects; what is in them is for the receiver to see. */
export function connect<Order, Answer extends object>(worker: WorkerLike, { answer, died }: ThreadEvents<Answer>): Thread<Order> {
  if (typeof (worker as Partial<WorkerLike> | null | undefined)?.postMessage !== 'function') throw new TypeError(`${shown(worker)}, which is no Worker`);
  const hear = (received: unknown): void => (typeof received === 'object' && received !== null ? answer(received as Answer) : died(anotherScript));
  if ('on' in worker) {
    worker.on('message', hear);
    worker.on('messageerror', () => died(unreadable));
    worker.on('error', (error) => died(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (status) => died(`the worker ended with ${String(status)}`));
  } else {
    worker.addEventListener('message', (event) => hear((event as MessageEvent<unknown>).data));
    worker.addEventListener('messageerror', () => died(unreadable));
    worker.addEventListener('error', (event) => {
      const fault = event as ErrorEvent;
      fault.preventDefault();
      died(fault.message || 'the worker cannot be loaded');
    });
  }
  const { ref, unref } = worker as Partial<NodeWorkerLike>; // workers of the web have them in Bun
  unref?.call(worker);
  return {
    post: (order, transfer) => worker.postMessage(order, transfer),
    keepAlive: (isAwaited) => (isAwaited ? ref : unref)?.call(worker),
    end: () => void worker.terminate(),
  };
}

/** What a worker has of the thread that made it. */
export interface Port<Order, Answer> {
  listen(receive: (order: Order) => void): void;
  post(answer: Answer, transfer: ArrayBuffer[]): void;
}

/** The port of the worker that this runs in; undefined where it is none. */
export function workerPort<Order, Answer>(): Port<Order, Answer> | undefined {
  return nodePort() ?? ('DedicatedWorkerGlobalScope' in globalThis ? webPort() : undefined); // threads of Deno have a scope too
}

function webPort<Order, Answer>(): Port<Order, Answer> {
  const scope = globalThis as unknown as Worker;
  return {
    listen: (receive) => scope.addEventListener('message', ({ data }: MessageEvent<Order>) => receive(data)),
    post: (answer, transfer) => scope.postMessage(answer, transfer),
  };
}

function nodePort<Order, Answer>(): Port<Order, Answer> | undefined {
  const { process: node } = globalThis as { process?: NodeJS.Process };
  const parentPort = node?.getBuiltinModule?.('node:worker_threads').parentPort;
  return parentPort ? {
    listen: (receive) => parentPort.on('message', receive),
    post: (answer, transfer) => parentPort.postMessage(answer, transfer),
  } : undefined;
}
