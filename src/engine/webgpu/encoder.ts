import type { Frame } from '../frame.ts';
import { frameOf, itemsOf, piecesOf } from '../kernel.ts';
import { foldWorkgroups, type Limits } from '../plan.ts';
import { regimeLayout } from '../regimes.ts';
import { unlessAborted } from '../signals.ts';
import type { Command } from './command.ts';
import { counters } from './counters.ts';
import type { Gpu, Step } from './gpu.ts';
import { Passes, type PreparedDispatch } from './passes.ts';
import { pipelineOf } from './pipelines.ts';
import { polled } from './polling.ts';
import { slotBytes, UniformSlots } from './uniform-slots.ts';

/** Dispatches of one submission: few at first, and more while the device is quick, so that it is never far behind. */
const [fewDispatches, manyDispatches] = [16, 64];
/** Milliseconds in which a quick device is done with a submission. */
const quick = 8;

/** Collects dispatches and copies into batches and submits them, never far ahead of the device. */
export class Encoder {
  readonly #gpu: Gpu;
  readonly #limits: Limits;
  readonly #signal: AbortSignal | undefined;
  readonly #passes: Passes;
  readonly #uniforms: UniformSlots;
  #steps: (PreparedDispatch | Step)[] = [];
  readonly #most: number;
  #dispatchesPerSubmit = fewDispatches;
  #pending = 0;
  #previous: Promise<unknown> = Promise.resolve();
  #awaited = true;
  #started: number | undefined;
  #idle = 0;
  dispatches = 0;

  /** Uniforms take so many bytes at most, if that is not very few. Who records waits for the device no longer than until the signal is aborted. */
  constructor(gpu: Gpu, limits: Limits, uniformBytes: number, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#gpu = gpu;
    this.#limits = limits;
    this.#passes = new Passes(gpu.device);
    this.#most = Math.max(fewDispatches, Math.min(manyDispatches, Math.floor(uniformBytes / slotBytes)));
    this.#uniforms = new UniformSlots(gpu, this.#most);
  }

  /** Adds commands to the batch; they are encoded when it is submitted. */
  record(step: Step): void {
    this.#steps.push(step);
  }

  async dispatch(command: Command): Promise<void> {
    const { label, kernel, dispatch, inputs, output } = command;
    const regime = kernel.over === 'elements' ? 'lane' : command.regime;
    const items = itemsOf(kernel, dispatch, regime);
    const layout = regimeLayout(regime, items);
    const table = kernel.table?.(dispatch);
    const bindings = { inputs: inputs.length, hasTable: table !== undefined };
    const found = pipelineOf(this.#gpu, label, layout.pieces, piecesOf(kernel, dispatch, regime), bindings);
    const pipeline = found instanceof Promise ? await unlessAborted(found, this.#signal) : found;
    const frame = frameOf(kernel, dispatch);
    if (!this.#uniforms.hasRoomFor(frame.byteLength)) this.flush();
    this.#steps.push({
      label, pipeline, buffers: [...inputs.map(({ buffer }) => buffer), output, this.#uniforms.buffer],
      ...(table && { table: this.#gpu.table(table) }), uniformBytes: frame.byteLength,
      uniformsAt: this.#uniforms.add(frame.byteLength, (view, at) => writeUniforms(view, at, frame, items, command)),
      workgroups: foldWorkgroups(Math.ceil(items / layout.itemsPerWorkgroup), this.#limits.maxComputeWorkgroupsPerDimension),
    });
    counters.dispatches++;
    this.dispatches++;
    if (++this.#pending >= this.#dispatchesPerSubmit) await this.submit();
  }

  /** Submits what was collected: before a write, which overtakes what is not submitted, and before a buffer is destroyed. */
  flush(): void {
    if (this.#steps.length === 0) return;
    this.#started ??= performance.now(); // before the submission: on a busy machine the work may be done when it returns
    const steps = this.#steps;
    this.#steps = []; // what cannot be submitted now cannot be later
    this.#gpu.submit((commands) => {
      this.#uniforms.upload();
      this.#passes.encode(commands, steps);
    });
    this.#awaited = false;
  }

  /** Submits what was collected, and waits for what was submitted before the last call: one batch runs while the next is written. */
  async submit(): Promise<void> {
    await unlessAborted(this.#submitted(), this.#signal);
  }

  /** Forgets what was collected. */
  drop(): void {
    this.#steps = [];
    this.#uniforms.drop();
  }

  /** Submits, waits until the device is idle, and returns the milliseconds from the first submission until then. */
  async finish(): Promise<number> {
    try {
      await this.#submitted();
      await this.#previous;
    } finally {
      this.#uniforms.dispose();
    }
    return this.#started === undefined ? 0 : this.#idle - this.#started;
  }

  /** What was submitted before. */
  #submitted(): Promise<unknown> {
    this.flush();
    if (this.#awaited) return Promise.resolve();
    this.#awaited = true;
    this.#pending = 0;
    const before = this.#previous;
    const submitted = performance.now();
    const { queue } = this.#gpu.device;
    this.#previous = polled(queue, queue.onSubmittedWorkDone()).then(() => {
      this.#gpu.answered = this.#idle = performance.now();
      const isQuick = this.#idle - submitted < quick;
      this.#dispatchesPerSubmit = isQuick ? Math.min(2 * this.#dispatchesPerSubmit, this.#most) : fewDispatches;
    });
    return before;
  }
}

function writeUniforms(view: DataView, at: number, frame: Frame, items: number, command: Command): void {
  const { kernel, dispatch, inputs, columnFrom = 0, rowFrom = 0, loop } = command;
  const { rows, width, inputs: [first] } = dispatch;
  const ofLoop = loop && { first_step: loop.first, steps: loop.steps };
  const own: Record<string, number> = { ...kernel.values?.(dispatch), ...ofLoop };
  const outcomes = own.outcomes ?? first!.width;
  frame.write(view, at, { rows, width, outcomes, items, columnFrom, rowFrom, inputs }, own);
}
