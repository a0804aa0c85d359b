import { breather, turn } from '../breather.ts';
import { partOf } from '../storage.ts';
import type { RunHooks } from '../webgpu/run.ts';
import { Crew } from './crew.ts';
import type { Instance } from './instance.ts';
import { Ledger, type Range } from './ledger.ts';
import { Pace } from './pace.ts';
import type { Pool } from './pool.ts';
import type { BadRow, RowWork } from './program.ts';

interface RowRun {
  /** The first row that breaks the rules of its form; of inputs whose row does, the first. */
  readonly bad: BadRow | undefined;
  readonly blocks: number;
  readonly threads: number;
}

/** Runs all rows, block by block, with turns for the event loop between them. If that takes long, workers do their share. */
export async function runRows(instance: Instance, work: RowWork, { signal, onProgress }: RunHooks, pool?: Pool): Promise<RowRun> {
  const ledger = new Ledger(work.rows, work.program.rowsAtOnce);
  const crew = new Crew(work, ledger, pool);
  const pause = breather();
  const pace = new Pace();
  let [most, reported] = [1, 0];
  try {
    while (!ledger.isOver) {
      signal?.throwIfAborted();
      crew.feed(pace.known);
      const range = ledger.take(Math.min(most, crew.ownShare(pace.known)));
      if (range) {
        const start = performance.now();
        ledger.finish(range, runBlock(instance, work, range));
        pace.note(range.rows, performance.now() - start);
        most = 8 * range.rows;
      }
      await (!range ? crew.change() : crew.isBusy ? turn() : pause());
      if (ledger.done > reported) onProgress?.(reported = ledger.done, work.rows);
    }
    signal?.throwIfAborted();
    return { bad: ledger.bad, blocks: ledger.blocks, threads: 1 + crew.workers };
  } finally {
    crew.leave();
  }
}

function runBlock(instance: Instance, { program, inputs, out }: RowWork, { from, rows }: Range): BadRow | undefined {
  const part = (data: Float32Array, width: number): Float32Array => partOf(data, from * width, (from + rows) * width);
  return instance.run(program, rows, inputs.map((data, index) => part(data, program.inputs[index]!.width)), part(out, program.steps.at(-1)?.width ?? 0));
}
