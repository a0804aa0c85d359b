import { uniformsOf, type Dispatch, type Kernel, type Regime } from '../kernel.ts';
import { foldWorkgroups, type Limits } from '../plan.ts';
import { regimeLayout } from '../regimes.ts';
import { unlessAborted } from '../signals.ts';
import { counters } from './counters.ts';
import type { Gpu, Step } from './gpu.ts';
import { polled } from './polling.ts';

/** Rows inside a buffer: where the first begins, and how far on the next one is (0: one row serves all), in numbers. */
export interface Region {
  readonly buffer: GPUBuffer;
  readonly start: number;
  readonly stride: number;
}

export interface Command {
  readonly label: string;
  readonly kernel: Kernel<unknown>;
  readonly dispatch: Dispatch<unknown>;
  readonly regime: Regime;
  readonly inputs: readonly { readonly name: string; readonly region: Region }[];
  readonly output: GPUBuffer;
  /** Where the block of columns begins, of a kernel that folds them. */
  readonly columnFrom?: number;
  readonly rowFrom?: number;
  /** The steps that a dispatch of a loop makes. */
  readonly loop?: { readonly first: number; readonly steps: number };
}

const dispatchesPerSubmit = 16;

/** Collects dispatches and copies into batches and submits them, never far ahead of the device. */
export class Encoder {
  readonly #gpu: Gpu;
  readonly #limits: Limits;
  readonly #signal: AbortSignal | undefined;
  #steps: Step[] = [];
  #pending = 0;
  #previous: Promise<unknown> = Promise.resolve();
  #awaited = true;
  #started: number | undefined;
  #idle = 0;
  dispatches = 0;

  /** Who records waits for the device no longer than until the signal is aborted. */
  constructor(gpu: Gpu, limits: Limits, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#gpu = gpu;
    this.#limits = limits;
  }

  /** Adds commands to the batch; they are encoded when it is submitted. */
  record(step: Step): void {
    this.#steps.push(step);
  }

  async dispatch({ label, kernel, dispatch, regime, inputs, output, columnFrom = 0, rowFrom = 0, loop }: Command): Promise<void> {
    const { device } = this.#gpu;
    const tables = (kernel.tables?.(dispatch) ?? []).map((table) => this.#gpu.table(table));
    const effective = kernel.over === 'elements' ? 'lane' : regime;
    const items = kernel.items(dispatch, effective);
    const layout = regimeLayout(effective, items);
    const { pipeline, layouts } = await unlessAborted(this.#gpu.pipeline(label, [...layout.pieces, ...kernel.pieces(dispatch, effective)], inputs.length, tables.length), this.#signal);
    const uniforms = this.#gpu.uniforms(uniformsOf(kernel, dispatch).write({
      rows: dispatch.rows, width: dispatch.width, zero: 0, column_from: columnFrom, row_from: rowFrom, ...loop && { first_step: loop.first, steps: loop.steps },
      ...Object.fromEntries(inputs.flatMap(({ name, region }) => [[`${name}_start`, region.start], [`${name}_stride`, region.stride]])),
      ...kernel.values?.(dispatch),
    }));
    const groups = [[...inputs.map(({ region }) => region.buffer), output, uniforms], tables];
    const [x, y] = foldWorkgroups(Math.ceil(items / layout.itemsPerWorkgroup), this.#limits.maxComputeWorkgroupsPerDimension);
    this.record((commands) => {
      const pass = commands.beginComputePass({ label });
      pass.setPipeline(pipeline);
      groups.forEach((buffers, group) => {
        const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer, size: bound(buffer.size, this.#gpu) } }));
        pass.setBindGroup(group, device.createBindGroup({ label, layout: layouts[group]!, entries }));
      });
      pass.dispatchWorkgroups(x, y);
      pass.end();
    });
    counters.dispatches++;
    this.dispatches++;
    if (++this.#pending >= dispatchesPerSubmit) await this.submit();
  }

  /** Submits what was collected: before a write, which overtakes what is not submitted, and before a buffer is destroyed. */
  flush(): void {
    if (this.#steps.length === 0) return;
    this.#started ??= performance.now(); // before the submission: on a busy machine the work may be done when it returns
    const steps = this.#steps;
    this.#steps = []; // what cannot be submitted now cannot be later
    this.#gpu.submit(steps);
    this.#awaited = false;
  }

  /** Submits what was collected, and waits for what was submitted before the last call: one batch runs while the next is written. */
  async submit(): Promise<void> {
    await unlessAborted(this.#submitted(), this.#signal);
  }

  /** Forgets what was collected. */
  drop(): void {
    this.#steps = [];
  }

  /** Submits, waits until the device is idle, and returns the milliseconds from the first submission until then. */
  async finish(): Promise<number> {
    await this.#submitted();
    await this.#previous;
    return this.#started === undefined ? 0 : this.#idle - this.#started;
  }

  /** What was submitted before. */
  #submitted(): Promise<unknown> {
    this.flush();
    if (this.#awaited) return Promise.resolve();
    this.#awaited = true;
    this.#pending = 0;
    const before = this.#previous;
    const { queue } = this.#gpu.device;
    this.#previous = polled(queue, queue.onSubmittedWorkDone()).then(() => {
      this.#gpu.answered = this.#idle = performance.now();
    });
    return before;
  }
}

/** A buffer may be larger than a binding may be; what is read of it never is. */
function bound(size: number, gpu: Gpu): number {
  return Math.min(size, Math.floor(gpu.device.limits.maxStorageBufferBindingSize / 4) * 4);
}
