import type { FastPath, FastPlan, FastRun } from './fast-path.ts';
import { Queue } from './queue.ts';
import { readByReference } from './reference-run.ts';
import type { SourceData } from './reference.ts';
import { isEmpty, type Tensor } from './tensor.ts';
import type { RunHooks } from './run-hooks.ts';

type Numbers = Float32Array<ArrayBuffer>;

interface CpuResult {
  readonly data: Numbers;
  /** Undefined if the reference did it. */
  readonly fast: FastRun | undefined;
}

/** Runs tensors on the CPU, one at a time: by the fast path where that has a way, else by the reference. */
export class OnCpu {
  readonly fast: FastPath | undefined;
  readonly #line = new Queue();
  readonly #checked = new WeakSet<Tensor>();

  constructor(fast: FastPath | undefined) {
    this.fast = fast;
  }

  /** Only what the fast path makes is checked afterwards, which its progress counts in. */
  run(tensor: Tensor, sourceData: SourceData, { ofFast, ofReference }: { readonly ofFast: RunHooks; readonly ofReference: RunHooks }, known?: FastPlan): Promise<CpuResult> {
    return this.#line.run(async () => {
      const plan = isEmpty(tensor) ? 'none' : known ?? this.fast?.plan(tensor) ?? 'none';
      const fast = plan === 'none' ? undefined : await this.fast!.read(tensor, plan, sourceData, this.#checked, ofFast);
      return { fast, data: fast?.data ?? await readByReference(tensor, sourceData, this.#checked, ofReference) };
    }, ofReference.signal);
  }

  runByReference(tensor: Tensor, sourceData: SourceData, hooks: RunHooks): Promise<Numbers> {
    return this.#line.run(() => readByReference(tensor, sourceData, this.#checked, hooks), hooks.signal);
  }
}
