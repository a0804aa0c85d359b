import type * as threadsOfNode from 'node:worker_threads';
import code from 'virtual:script/src/cpu-worker.ts';
import { connect, type MakeWorker, type Thread, type ThreadEvents, type WorkerLike } from '../workers.ts';
import type { Answer, Order } from './messages.ts';

export type CpuThread = Thread<Order>;
export type CpuThreadEvents = ThreadEvents<Answer>;

/** Starts a worker: the caller's, if there is a way to make it, else one of the library's own. Throws where that is forbidden. */
export function startThread(events: CpuThreadEvents, make?: MakeWorker): CpuThread {
  if (make) return connect(make(), events);
  const threads = nodeThreads();
  if (threads) return connect(nodeWorker(threads), events);
  if (typeof Worker !== 'function') throw new Error('this platform has no workers');
  if (mayHang()) throw new Error('Firefox may hang when a worker makes another');
  return fromBlob(events);
}

/** On a busy machine Firefox 153 sometimes never returns from `new Worker` in a worker, which then answers nothing any more. */
function mayHang(): boolean {
  const { document, navigator: here } = globalThis as { document?: unknown; navigator?: { userAgent?: string } };
  return document === undefined && /\bFirefox\//.test(here?.userAgent ?? '');
}

function fromBlob({ answer, died }: CpuThreadEvents): CpuThread {
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const revoke = (): void => URL.revokeObjectURL(url); // not before it has loaded
  try {
    return connect<Order, Answer>(new Worker(url, { name: 'dually' }), {
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

/** The threads of Node, Deno and Bun, whose workers of the web keep a process alive. A window, be it one of Electron, has none. */
function nodeThreads(): typeof threadsOfNode | undefined {
  const { document, process: node } = globalThis as { document?: unknown; process?: NodeJS.Process };
  return document === undefined || typeof Worker !== 'function' ? node?.getBuiltinModule?.('node:worker_threads') : undefined;
}

/** A thread of Node, which neither keeps its process alive nor takes part in what the process was started with. */
function nodeWorker(threads: typeof threadsOfNode): WorkerLike {
  return new threads.Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { name: 'dually', execArgv: [] });
}
