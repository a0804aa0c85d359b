import { LimitExceededError } from '../errors.ts';
import { memoryOf, passingStages, turnsOf } from '../footprint.ts';
import { bindingBytes, planBlocks, type Block, type Limits } from '../plan.ts';
import type { RunHooks } from '../run-hooks.ts';
import { passesOf } from '../lineage.ts';
import { unlessAborted } from '../signals.ts';
import { extentOf, isFold, rangeOf, stagesAfterFolds, stagesOf, type BlockRange, type Stage } from '../stages.ts';
import { bytesOf, type StoredNumbers } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Region } from './command.ts';
import { Encoder } from './encoder.ts';
import type { Step } from './gpu.ts';
import { Checkpoints } from '../checkpoints.ts';
import type { LoopHooks } from './means.ts';
import { make } from './repeat.ts';
import type { DeviceContext } from './device-context.ts';
import { bytesOfTensor } from './memory.ts';
import { fillOfClass, smallestClass } from './buffer-pool.ts';
import { StageBuffers } from './stage-buffers.ts';
import { RowValidation } from './row-validation.ts';
import { InputUploads } from './input-uploads.ts';

/** Where the blocks of a result go. */
export interface Sink {
  /** Records what is to be done with a block; what it returns is done after submission. */
  readonly put: (region: Region, range: BlockRange, record: (step: Step) => void) => Promise<(() => Promise<void>) | undefined>;
  /** Whether the host reads the blocks; else the device holds the whole result. */
  readonly isRead: boolean;
}

export interface RunFacts {
  readonly chunks: number;
  readonly dispatches: number;
  readonly bytesUp: number;
  readonly gpuMilliseconds: number;
  /** The region of the whole result, when it was made in one block. */
  readonly whole: Region | undefined;
}

/** One run of one tensor on the device: its stages, block by block. */
export class GpuRun {
  readonly #context: DeviceContext;
  readonly #limits: Limits;
  readonly #encoder: Encoder;
  readonly #validation: RowValidation;
  readonly #root: Tensor;
  readonly #hooks: RunHooks;
  readonly #checkpoints: Checkpoints;
  readonly #stages: readonly Stage[];
  /** Stages that are freed once those that read them were made. */
  readonly #passing: ReadonlySet<Stage>;
  readonly #buffers: StageBuffers;
  readonly #uploads: InputUploads;
  /** The blocks of the result that are on their way to the host. */
  #delivery: Promise<unknown> = Promise.resolve();

  constructor(context: DeviceContext, root: Tensor, hooks: RunHooks) {
    this.#context = context;
    this.#limits = context.limits;
    this.#encoder = new Encoder(context.gpu, context.limits, context.memory.spare, hooks.signal);
    this.#root = root;
    this.#hooks = hooks;
    const isThere = (tensor: Tensor): boolean => context.resident(tensor) !== undefined || context.memory.spilled(tensor) !== undefined;
    this.#checkpoints = hooks.checkpoints ?? new Checkpoints();
    this.#stages = stagesOf(root, isThere, undefined, this.#checkpoints.lowered);
    this.#passing = passingStages(this.#stages);
    const sources = this.#stages.filter(({ tensor }) => tensor.origin.kind === 'source').length;
    this.#validation = new RowValidation(context.gpu, context.softwareAdapter, sources);
    this.#buffers = new StageBuffers(context.memory, context.gpu.pool, this.#stages.at(-1));
    this.#uploads = new InputUploads(context, { encoder: this.#encoder, validation: this.#validation, buffers: this.#buffers });
  }

  /** Sources that this run brought to the device to stay. */
  get uploaded(): readonly Tensor[] {
    return this.#uploads.uploaded;
  }

  /**
   * Records and submits all the work. What is returned waits for the device: meanwhile others may record theirs. It asks for
   * the numbers of a source that has a bad row. When the run is aborted, it ends when the device has done what was submitted.
   */
  async start(sink: Sink): Promise<(hostData: (tensor: Tensor) => Promise<StoredNumbers>) => Promise<RunFacts>> {
    const { memory } = this.#context;
    const { signal, share = 1 } = this.#hooks;
    try {
      memory.begin(this.#stages.map(({ tensor }) => tensor), () => this.#encoder.flush(), signal);
      await this.#validation.open(memory);
      const room = memory.available * share - (sink.isRead ? 0 : bytesOfTensor(this.#root));
      const blocks = this.#plan(await this.#uploads.makeRoom(this.#stages, this.#root, room), sink);
      const delivered = await this.#submitBlocks(blocks, sink);
      return (hostData) => this.#finish(blocks.length, delivered, hostData);
    } catch (error) {
      this.#encoder.drop();
      const end = async (): Promise<never> => {
        await this.#end();
        throw error;
      };
      return signal?.aborted ? end : end();
    }
  }

  /** Returns how many blocks of the result were sent on their way. */
  async #submitBlocks(blocks: readonly Block[], sink: Sink): Promise<number> {
    const { signal, onProgress } = this.#hooks;
    let [done, sent] = [0, 0];
    const total = blocks.length * this.#stages.reduce((sum, { tensor }) => sum + passesOf(tensor), 0);
    const root = this.#stages.at(-1)!;
    const waiting = stagesAfterFolds(this.#stages);
    for (const [index, block] of blocks.entries()) {
      const [before, next] = [blocks[index - 1], blocks[index + 1]];
      const lastColumns = next?.rows[0] !== block.rows[0];
      const uses = new Map(this.#stages.map((stage) => [stage, stage.uses]));
      for (const stage of this.#stages) {
        signal?.throwIfAborted();
        if (waiting.has(stage) ? lastColumns : !before || isFold(stage) || endsWith(stage, block, before)) {
          const made = done;
          this.#buffers.put(stage, await this.#make(stage, block, (steps) => onProgress?.(made + steps, total)));
          for (const input of stage.inputs) this.#used(input, uses, block, next);
        }
        onProgress?.(done += passesOf(stage.tensor), total);
      }
      if (lastColumns || root.span === 'block') {
        sent++;
        await this.#send(block, sink, !next);
      }
      signal?.throwIfAborted();
      if (next) this.#releaseBlock(block, next);
    }
    return sent;
  }

  async #finish(chunks: number, sent: number, hostData: (tensor: Tensor) => Promise<StoredNumbers>): Promise<RunFacts> {
    const { signal } = this.#hooks;
    try {
      await this.#delivery;
      signal?.throwIfAborted();
      await this.#validation.report(hostData, this.#root);
      const gpuMilliseconds = await this.#encoder.finish();
      signal?.throwIfAborted();
      const whole = sent === 1 ? this.#buffers.keep(this.#stages.at(-1)!) : undefined;
      return { chunks, dispatches: this.#encoder.dispatches, bytesUp: this.#uploads.bytesUp, gpuMilliseconds, whole };
    } finally {
      await this.#end();
    }
  }

  /** Nothing may use a buffer after it went back to the pool. */
  async #end(): Promise<void> {
    await this.#delivery.catch(() => undefined);
    await this.#encoder.finish().catch(() => undefined);
    this.#buffers.releaseAll();
    this.#validation.dispose();
  }

  #plan(room: number, { isRead }: Sink): readonly Block[] {
    const memory = memoryOf(this.#stages, { isThere: (tensor) => this.#uploads.isThere(tensor), isRead, perBuffer: smallestClass });
    const blocks = planBlocks({ ...extentOf(this.#stages), memory, work: turnsOf(this.#stages) }, this.#limits, fillOfClass * room);
    if (blocks) return blocks;
    const byRow = this.#stages.filter(({ span }) => span === 'rows' || span === 'columns');
    const { tensor } = byRow.reduce((widest, stage) => (stage.tensor.width > widest.tensor.width ? stage : widest));
    throw this.#tooLarge('tensors whose rows fit', tensor, 4 * tensor.width);
  }

  /** Sends a block on its way, when the one before it has arrived; with the last one go the outcomes of the checks. */
  async #send(block: Block, sink: Sink, last: boolean): Promise<void> {
    const root = this.#stages.at(-1)!;
    const record = (step: Step): void => this.#encoder.record(step);
    const deliver = await sink.put(this.#buffers.region(root), rangeOf(root, block), record);
    const before = this.#delivery;
    try {
      if (last) await this.#validation.record(record, this.#context.memory);
      await this.#encoder.submit();
    } finally { // also of what was not submitted: a delivery gives back the memory that it goes through
      this.#delivery = Promise.all([before, deliver?.(), last ? this.#validation.deliver() : undefined]);
      this.#delivery.catch(() => undefined); // it is awaited later
    }
    await unlessAborted(before, this.#hooks.signal);
  }

  #used(stage: Stage, uses: Map<Stage, number>, block: Block, next: Block | undefined): void {
    const left = uses.get(stage)! - 1;
    uses.set(stage, left);
    if (left === 0 && (this.#passing.has(stage) || endsWith(stage, block, next))) this.#buffers.release(stage);
  }

  #releaseBlock(block: Block, next: Block): void {
    for (const stage of this.#stages) if (endsWith(stage, block, next)) this.#buffers.release(stage);
  }

  async #make(stage: Stage, block: Block, onSteps: (steps: number) => void): Promise<Region> {
    const range = rangeOf(stage, block);
    const bytes = bytesOf(stage.tensor.storage, range.rows * range.width);
    if (bytes > bindingBytes(this.#limits)) throw this.#tooLarge('a tensor that every row of the result needs and that fits', stage.tensor, bytes);
    const brought = await this.#uploads.bring(stage, range, block);
    if (brought) return brought;
    const hooks: LoopHooks = { signal: this.#hooks.signal, checkpoints: this.#checkpoints, around: '', onSteps };
    return make({ context: this.#context, encoder: this.#encoder, buffers: this.#buffers, hooks }, stage, block);
  }

  #tooLarge(what: string, { shape }: Tensor, bytes: number): LimitExceededError {
    return new LimitExceededError({
      operation: this.#root.origin.kind === 'result' ? this.#root.origin.operation.name : 'tensor.read',
      expected: `${what} one binding of ${bindingBytes(this.#limits)} bytes`, got: `${bytes} bytes, in a tensor of shape [${shape.join(', ')}]`,
      remedy: "Use fewer outcomes or fewer rows, or backend: 'cpu'.",
    });
  }
}

/** Stages along the result's rows or columns serve the neighbouring blocks that share these; the others serve all blocks. */
function endsWith({ span }: Stage, block: Block, neighbour: Block | undefined): boolean {
  if (span === 'block') return true;
  if (span !== 'rows' && span !== 'columns') return false;
  return neighbour?.[span][0] !== block[span][0];
}
