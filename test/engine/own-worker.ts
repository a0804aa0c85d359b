/** Workers that a test makes, and can end: what an application does whose policy forbids the library's own. */
import code from 'virtual:script/src/cpu-worker.ts';
import type { WorkerLike } from '../../src/engine/workers.ts';

const isNode = typeof Worker === 'undefined';

/** A worker that runs the library's code, and then some more. */
export function ownWorker(more = ''): WorkerLike {
  const script = code + more;
  if (!isNode) return new Worker(URL.createObjectURL(new Blob([script])));
  const threads = process.getBuiltinModule('node:worker_threads');
  return new threads.Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), { execArgv: [] });
}

/** Makes workers and keeps them at hand. */
export class Workshop {
  readonly workers: WorkerLike[] = [];
  ended = 0;

  readonly make = (): WorkerLike => {
    const worker = ownWorker();
    const terminate = worker.terminate.bind(worker);
    worker.terminate = () => {
      this.ended++;
      return terminate();
    };
    this.workers.push(worker);
    return worker;
  };
}
