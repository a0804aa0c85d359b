import code from 'virtual:worker';
import type { Answer, Order } from './messages.ts';

/** A Worker by its structure: that of the web, or of Node. */
export type WorkerLike = WebWorkerLike | NodeWorkerLike;

interface WorkerBase {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): unknown;
}

interface WebWorkerLike extends WorkerBase {
  addEventListener(type: string, listener: (event: Event) => void): void;
}

interface NodeWorkerLike extends WorkerBase {
  on(type: string, listener: (value: unknown) => void): unknown;
  unref(): void;
}

export type MakeWorker = () => WorkerLike;

export interface Thread {
  post(order: Order, transfer: ArrayBuffer[]): void;
  end(): void;
}

export interface ThreadEvents {
  readonly answer: (answer: Answer) => void;
  /** The worker died, or never came to life. */
  readonly died: (reason: string) => void;
}

/** Starts a worker: the caller's, if there is a way to make it, else one of the library's own. Throws where that is forbidden. */
export function startThread(events: ThreadEvents, make?: MakeWorker): Thread {
  if (make) return connect(make(), events);
  return typeof Worker === 'function' ? fromBlob(events) : connect(nodeWorker(), events);
}

function fromBlob({ answer, died }: ThreadEvents): Thread {
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const revoke = (): void => URL.revokeObjectURL(url); // not before it has loaded
  try {
    return connect(new Worker(url, { name: 'dually' }), {
      answer: (received) => {
        if ('ready' in received) revoke();
        answer(received);
      },
      died: (reason) => {
        revoke();
        died(reason);
      },
    });
  } catch (error) {
    revoke();
    throw error;
  }
}

/** A thread of Node, which neither keeps its process alive nor takes part in what the process was started with. */
function nodeWorker(): NodeWorkerLike {
  const threads = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.('node:worker_threads');
  if (!threads) throw new Error('this platform has no workers');
  return new threads.Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { name: 'dually', execArgv: [] });
}

const unreadable = 'an answer of the worker cannot be read';

function connect(worker: WorkerLike, { answer, died }: ThreadEvents): Thread {
  if ('on' in worker) {
    worker.on('message', (received) => answer(received as Answer));
    worker.on('messageerror', () => died(unreadable));
    worker.on('error', (error) => died((error as Error).message));
    worker.on('exit', (status) => died(`the worker ended with ${String(status)}`));
    worker.unref();
  } else {
    worker.addEventListener('message', (event) => answer((event as MessageEvent<Answer>).data));
    worker.addEventListener('messageerror', () => died(unreadable));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      died((event as ErrorEvent).message || 'the worker cannot be loaded');
    });
  }
  return {
    post: (order, transfer) => worker.postMessage(order, transfer),
    end: () => void worker.terminate(),
  };
}
