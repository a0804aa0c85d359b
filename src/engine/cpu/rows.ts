import { breather } from '../breather.ts';
import type { RunHooks } from '../webgpu/run.ts';
import type { Instance } from './instance.ts';
import { wholeGroups, type BadRow, type Program } from './program.ts';

/** A program and the rows that it is to run over. */
export interface RowWork {
  readonly program: Program;
  readonly rows: number;
  readonly inputs: readonly Float32Array[];
  readonly out: Float32Array;
}

export interface RowRun {
  readonly bad: BadRow | undefined;
  readonly blocks: number;
  readonly threads: number;
}

/** Milliseconds that a block should take: long enough not to count beside what goes round it, short enough for a page to stay alive. */
const blockTime = 3;

/** Runs all rows, block by block, with turns for the event loop between them. */
export async function runRows(instance: Instance, work: RowWork, { signal, onProgress }: RunHooks): Promise<RowRun> {
  const pause = breather();
  let [blocks, next] = [0, wholeGroups(work.program, 1)];
  for (let from = 0; from < work.rows; blocks++) {
    signal?.throwIfAborted();
    const count = Math.min(next, work.rows - from);
    const start = performance.now();
    const bad = runBlock(instance, work, from, count);
    if (bad) return { bad, blocks, threads: 1 };
    const rowsPerMillisecond = count / Math.max(0.01, performance.now() - start);
    next = wholeGroups(work.program, Math.min(8 * next, Math.floor(blockTime * rowsPerMillisecond)));
    from += count;
    onProgress?.(from, work.rows);
    await pause();
  }
  return { bad: undefined, blocks, threads: 1 };
}

function runBlock(instance: Instance, { program, inputs, out }: RowWork, from: number, rows: number): BadRow | undefined {
  const part = (data: Float32Array, width: number): Float32Array => data.subarray(from * width, (from + rows) * width);
  const bad = instance.run(program, rows, inputs.map((data, index) => part(data, program.inputs[index]!.width)), part(out, program.steps.at(-1)?.width ?? 0));
  return bad && { ...bad, row: from + bad.row };
}
