import { yieldToEventLoop, yieldWhenDue } from '../event-loop.ts';
import { partOf } from '../storage.ts';
import type { RunHooks } from '../run-hooks.ts';
import { WorkerRun } from './worker-run.ts';
import type { Instance } from './instance.ts';
import { RowQueue, type RowRange } from './row-queue.ts';
import { Pace } from './pace.ts';
import type { WorkerPool } from './worker-pool.ts';
import type { BadRow, RowWork } from './program.ts';

interface RowRun {
  /** The first row that breaks the rules of its form; of inputs whose row does, the first. */
  readonly bad: BadRow | undefined;
  readonly blocks: number;
  readonly threads: number;
}

/**
 * Runs all rows, block by block, with turns for the event loop between them. If that takes long, workers do their
 * share.
 */
export async function runRows(
  instance: Instance,
  work: RowWork,
  { signal, onProgress }: RunHooks,
  pool?: WorkerPool,
): Promise<RowRun> {
  const queue = new RowQueue(work.rows, work.program.rowsAtOnce);
  const workers = new WorkerRun(work, queue, pool);
  const pace = new Pace();
  let [most, reported] = [1, 0];
  try {
    while (!queue.isOver) {
      signal?.throwIfAborted();
      workers.feed(pace.known);
      const range = queue.take(Math.min(most, workers.ownShare(pace.known)));
      if (range) {
        const start = performance.now();
        queue.finish(range, runBlock(instance, work, range));
        pace.note(range.rows, performance.now() - start);
        most = 8 * range.rows;
      }
      await (!range ? workers.change() : workers.isBusy ? yieldToEventLoop() : yieldWhenDue());
      if (queue.done > reported) onProgress?.((reported = queue.done), work.rows);
    }
    signal?.throwIfAborted();
    return { bad: queue.bad, blocks: queue.blocks, threads: 1 + workers.helpers };
  } finally {
    workers.leave();
  }
}

function runBlock(instance: Instance, { program, inputs, out }: RowWork, { from, rows }: RowRange): BadRow | undefined {
  const part = (data: Float32Array, width: number): Float32Array => partOf(data, from * width, (from + rows) * width);
  return instance.run(
    program,
    rows,
    inputs.map((data, index) => part(data, program.inputs[index]!.width)),
    part(out, program.steps.at(-1)?.width ?? 0),
  );
}
