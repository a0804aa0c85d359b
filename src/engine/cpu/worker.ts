import { isShared } from '../tags.ts';
import type { Port } from '../workers.ts';
import { Instance } from './instance.ts';
import type { Answer, Opening, Order, RowTask } from './messages.ts';
import type { Program } from './program.ts';

export type CpuPort = Port<Order, Answer>;

/** Runs tasks in the order they come, in a WebAssembly memory of its own. */
export function serve(port: CpuPort): void {
  let instance: Instance | undefined;
  let program: Program | undefined;
  const fail = (error: unknown): void => port.post({ failed: String(error) }, []);
  const open = async ({ module }: Opening): Promise<void> => {
    instance = await Instance.open(module);
    port.post({ ready: true }, []);
  };
  const run = (task: RowTask): void => {
    const { id, rows, inputs, out } = task;
    const start = performance.now();
    program = task.program ?? program!;
    const bad = instance!.run(program, rows, inputs, out);
    port.post({ id, bad, out, milliseconds: performance.now() - start }, isShared(out) ? [] : [out.buffer as ArrayBuffer]);
  };
  port.listen((order) => {
    if ('module' in order) return void open(order).catch(fail);
    try {
      run(order);
    } catch (error) {
      fail(error);
    }
  });
}
