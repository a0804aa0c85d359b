/** Workers of engines, from a script, so that a test need not load some hundred modules for each. */
import code from 'virtual:script/src/engine-worker.ts';
import type { WorkerLike } from '../../src/engine/workers.ts';

/** A worker that runs a script. */
export function workerOf(script: string): WorkerLike {
  if (typeof Worker === 'function') return new Worker(URL.createObjectURL(new Blob([script])));
  const threads = process.getBuiltinModule('node:worker_threads');
  return new threads.Worker(script, { eval: true, execArgv: [] }); // which finds the package webgpu, as a module at a data: address does not
}

export function engineWorker(): WorkerLike {
  return workerOf(code);
}
