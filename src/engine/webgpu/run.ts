import { LimitExceededError } from '../errors.ts';
import type { Dispatch, Kernel, Regime } from '../kernel.ts';
import { bindingBytes, planBlocks, type Block, type Limits } from '../plan.ts';
import { lineageOf } from '../lineage.ts';
import { chooseRegime, chooseTileRegime } from '../regimes.ts';
import { extentOf, isFold, rangeOf, stagesAfterFolds, stagesOf, type Range, type Stage } from '../stages.ts';
import { bytesOf, perWord, wordsOf } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import { Encoder, type Region } from './encoder.ts';
import type { Step } from './gpu.ts';
import type { WebGpuBackend } from './backend.ts';
import { Statuses } from './statuses.ts';

/** Where the blocks of a result go. Records what is to be done with a block; what it returns is done after submission. */
export type Sink = (region: Region, range: Range, record: (step: Step) => void) => (() => Promise<void>) | undefined;

export interface RunFacts {
  readonly chunks: number;
  readonly dispatches: number;
  readonly bytesUp: number;
  readonly gpuMilliseconds: number;
  /** The region of the whole result, when it was made in one block. */
  readonly whole: Region | undefined;
}

export interface RunHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** One run of one tensor on the device: its stages, block by block. */
export class Run {
  readonly #backend: WebGpuBackend;
  readonly #limits: Limits;
  readonly #encoder: Encoder;
  readonly #statuses: Statuses;
  readonly #root: Tensor;
  readonly #stages: readonly Stage[];
  /** What the caller can ask for again; a composition's own tensors are gone after the run. */
  readonly #lasting: ReadonlySet<Tensor>;
  readonly #regions = new Map<Stage, Region>();
  readonly #owned = new Map<Stage, GPUBuffer>();
  /** Sources that this run brought to the device to stay. */
  readonly uploaded: Tensor[] = [];
  #bytesUp = 0;
  /** The blocks of the result that are on their way to the host. */
  #delivery: Promise<unknown> = Promise.resolve();

  constructor(backend: WebGpuBackend, root: Tensor) {
    this.#backend = backend;
    this.#limits = backend.limits;
    this.#encoder = new Encoder(backend.gpu, backend.limits, backend.subgroup);
    this.#root = root;
    this.#lasting = new Set(lineageOf(root));
    this.#stages = stagesOf(root, (tensor) => backend.resident(tensor) !== undefined);
    this.#statuses = new Statuses(backend.gpu, backend.softwareAdapter, this.#stages.filter(({ tensor }) => tensor.origin.kind === 'source').length);
  }

  /** Records and submits all the work. What is returned waits for the device: meanwhile others may record theirs. */
  async start(sink: Sink, hooks: RunHooks): Promise<() => Promise<RunFacts>> {
    try {
      const blocks = this.#plan();
      const delivered = await this.#submitBlocks(blocks, sink, hooks);
      return () => this.#finish(blocks.length, delivered, hooks);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /** Returns how many blocks of the result were sent on their way. */
  async #submitBlocks(blocks: readonly Block[], sink: Sink, hooks: RunHooks): Promise<number> {
    let [done, sent] = [0, 0];
    const total = blocks.length * this.#stages.length;
    const root = this.#stages.at(-1)!;
    const waiting = stagesAfterFolds(this.#stages);
    for (const [index, block] of blocks.entries()) {
      const next = blocks[index + 1];
      const lastColumns = next?.rows[0] !== block.rows[0];
      const uses = new Map(this.#stages.map((stage) => [stage, stage.uses]));
      for (const stage of this.#stages) {
        hooks.signal?.throwIfAborted();
        if (lastColumns || !waiting.has(stage)) {
          if (isFold(stage) || !this.#regions.has(stage)) this.#regions.set(stage, await this.#make(stage, block));
          for (const input of stage.inputs) this.#used(input, uses, block, next);
        }
        hooks.onProgress?.(++done, total);
      }
      if (lastColumns || root.span === 'block') {
        sent++;
        await this.#send(block, sink, !next);
      }
      hooks.signal?.throwIfAborted();
      if (next) this.#releaseBlock(block, next);
    }
    return sent;
  }

  async #finish(chunks: number, sent: number, { signal }: RunHooks): Promise<RunFacts> {
    try {
      await this.#delivery;
      await this.#statuses.report((tensor) => this.#backend.hostData(tensor), this.#root);
      const gpuMilliseconds = await this.#encoder.finish();
      signal?.throwIfAborted();
      const whole = sent === 1 ? this.#keep(this.#stages.at(-1)!) : undefined;
      return { chunks, dispatches: this.#encoder.dispatches, bytesUp: this.#bytesUp, gpuMilliseconds, whole };
    } finally {
      await this.#end();
    }
  }

  /** Nothing may use a buffer after it went back to the pool. */
  async #end(): Promise<void> {
    await this.#delivery.catch(() => undefined);
    await this.#encoder.finish().catch(() => undefined);
    for (const buffer of this.#owned.values()) this.#backend.gpu.pool.give(buffer);
    this.#owned.clear();
    this.#statuses.dispose();
  }

  #plan(): readonly Block[] {
    const blocks = planBlocks(extentOf(this.#stages), this.#limits);
    if (blocks) return blocks;
    const byRow = this.#stages.filter(({ span }) => span === 'rows' || span === 'columns');
    const { tensor } = byRow.reduce((widest, stage) => (stage.tensor.width > widest.tensor.width ? stage : widest));
    throw this.#tooLarge('tensors whose rows fit', tensor, 4 * tensor.width);
  }

  /** Sends a block on its way, when the one before it has arrived; with the last one go the outcomes of the checks. */
  async #send(block: Block, sink: Sink, last: boolean): Promise<void> {
    const root = this.#stages.at(-1)!;
    const record = (step: Step): void => this.#encoder.record(step);
    const deliver = sink(this.#regions.get(root)!, rangeOf(root, block), record);
    if (last) this.#statuses.record(record);
    await this.#encoder.submit();
    const before = this.#delivery;
    this.#delivery = Promise.all([before, deliver?.(), last ? this.#statuses.deliver() : undefined]);
    this.#delivery.catch(() => undefined); // it is awaited later
    await before;
  }

  /** Hands the buffer of a stage to the caller, who now owns it. */
  #keep(stage: Stage): Region {
    this.#owned.delete(stage);
    return this.#regions.get(stage)!;
  }

  #used(stage: Stage, uses: Map<Stage, number>, block: Block, next: Block | undefined): void {
    const left = uses.get(stage)! - 1;
    uses.set(stage, left);
    if (left === 0 && endsWith(stage, block, next)) this.#release(stage);
  }

  #release(stage: Stage): void {
    const buffer = this.#owned.get(stage);
    if (buffer) this.#backend.gpu.pool.give(buffer);
    this.#owned.delete(stage);
    this.#regions.delete(stage);
  }

  #releaseBlock(block: Block, next: Block): void {
    for (const stage of this.#stages) if (endsWith(stage, block, next)) this.#release(stage);
  }

  async #make(stage: Stage, block: Block): Promise<Region> {
    const range = rangeOf(stage, block);
    const bytes = bytesOf(stage.tensor.storage, range.rows * range.width);
    if (bytes > bindingBytes(this.#limits)) throw this.#tooLarge('a tensor that every row of the result needs and that fits', stage.tensor, bytes);
    const resident = this.#backend.resident(stage.tensor);
    if (resident) return this.#part(stage, resident, range);
    if (stage.tensor.origin.kind === 'source') return this.#upload(stage, range);
    return this.#compute(stage, range, block);
  }

  /** Rows of a buffer that is on the device already; copied only when the buffer is larger than a binding may be. */
  async #part(stage: Stage, buffer: GPUBuffer, range: Range): Promise<Region> {
    const { tensor } = stage;
    const stride = tensor.rows === 1 ? 0 : tensor.width;
    if (bytesOf(tensor.storage, tensor.rows * tensor.width) <= bindingBytes(this.#limits)) {
      await this.#check(tensor, { buffer, start: 0, stride }, 0, tensor.rows);
      return { buffer, start: range.from * tensor.width + range.columnFrom, stride };
    }
    const { first, start, bytes } = partOf(tensor, range.from, range.rows);
    const copy = this.#own(stage, bytes);
    this.#encoder.record((commands) => commands.copyBufferToBuffer(buffer, bytesOf(tensor.storage, first), copy, 0, bytes));
    await this.#check(tensor, { buffer: copy, start, stride }, range.from, range.rows);
    return { buffer: copy, start: start + range.columnFrom, stride };
  }

  async #upload(stage: Stage, range: Range): Promise<Region> {
    const { tensor } = stage;
    const data = this.#backend.sourceData(tensor);
    const fits = bytesOf(tensor.storage, data.length) <= bindingBytes(this.#limits);
    const stays = fits && this.#lasting.has(tensor);
    const [from, rows] = fits ? [0, tensor.rows] : [range.from, range.rows];
    const { first, start, bytes } = partOf(tensor, from, rows);
    const buffer = stays ? this.#backend.allocateResident(tensor) : this.#own(stage, bytes);
    if (stays) this.uploaded.push(tensor);
    await this.#encoder.submit(); // a write overtakes commands that were not submitted yet
    this.#backend.gpu.write(buffer, wordsOf(data, first, bytes));
    this.#bytesUp += bytes;
    if (fits) return this.#part(stage, buffer, range);
    const region = { buffer, start, stride: tensor.rows === 1 ? 0 : tensor.width };
    await this.#check(tensor, region, from, rows);
    return region;
  }

  async #check(tensor: Tensor, region: Region, first: number, rows: number): Promise<void> {
    if (rows > 0 && !this.#statuses.covers(tensor)) await this.#statuses.check(this.#encoder, { tensor, region, first, rows, all: rows === tensor.rows });
  }

  async #compute(stage: Stage, range: Range, block: Block): Promise<Region> {
    const { tensor } = stage;
    if (tensor.origin.kind !== 'result' || !tensor.origin.operation.kernel) throw new TypeError(`No kernel makes ${tensor.form}`);
    const { operation, parameters } = tensor.origin;
    const kernel = tensor.origin.operation.kernel;
    const before = this.#owned.get(stage);
    const output = this.#own(stage, 4 * range.rows * range.width);
    const inputs = stage.inputs.map((input) => {
      const { rows, width } = rangeOf(input, block);
      return { form: input.tensor.form, storage: input.tensor.storage, rows, width };
    });
    const result: Region = { buffer: output, start: 0, stride: tensor.rows === 1 ? 0 : range.width };
    const dispatch: Dispatch<unknown> = { parameters, rows: range.rows, width: range.width, inputs };
    if (range.rows > 0) {
      const regions = [...kernel.order?.(dispatch) ?? inputs.keys()].map((input, binding) => ({
        name: kernel.names?.[binding] ?? operation.arguments[binding]!.name, region: this.#regions.get(stage.inputs[input]!)!,
      }));
      await this.#encoder.dispatch({
        label: operation.name, kernel, output, dispatch, columnFrom: block.columns[0],
        regime: this.#regimeOf(stage, kernel, dispatch),
        inputs: isFold(stage) ? [...regions, { name: 'before', region: before ? { ...result, buffer: before } : regions[0]!.region }] : regions,
      });
    }
    if (before) this.#backend.gpu.pool.give(before);
    return result;
  }

  #regimeOf(stage: Stage, kernel: Kernel<unknown>, dispatch: Dispatch<unknown>): Regime {
    const { softwareAdapter, forcedRegime } = this.#backend;
    if (kernel.over === 'tiles') return chooseTileRegime(softwareAdapter, forcedRegime);
    return chooseRegime(kernel, kernel.iterations?.(dispatch) ?? stage.inputs[0]!.tensor.width, softwareAdapter, forcedRegime);
  }

  #own(stage: Stage, bytes: number): GPUBuffer {
    const { pool } = this.#backend.gpu;
    const isResult = stage === this.#stages.at(-1); // the caller may get hold of it
    const buffer = isResult ? pool.exactStorage(Math.max(4, bytes)) : pool.storage(Math.max(4, bytes));
    this.#owned.set(stage, buffer);
    return buffer;
  }

  #tooLarge(what: string, { shape }: Tensor, bytes: number): LimitExceededError {
    return new LimitExceededError({
      operation: this.#root.origin.kind === 'result' ? this.#root.origin.operation.name : 'tensor.read',
      expected: `${what} one binding of ${bindingBytes(this.#limits)} bytes`, got: `${bytes} bytes, in a tensor of shape [${shape.join(', ')}]`,
      remedy: "Use fewer outcomes or fewer rows, or backend: 'cpu'.",
    });
  }
}

/** The whole words that hold rows of a tensor: from which number on, where in them the rows start, and their size. */
function partOf({ storage, width }: Tensor, from: number, rows: number): { first: number; start: number; bytes: number } {
  const start = (from * width) % perWord[storage];
  const bytes = bytesOf(storage, start + rows * width);
  return { first: from * width - start, start, bytes };
}

/** Stages along the result's rows or columns serve the blocks that share these; the others serve all blocks. */
function endsWith({ span }: Stage, block: Block, next: Block | undefined): boolean {
  if (span === 'block') return true;
  if (span !== 'rows' && span !== 'columns') return false;
  return next?.[span][0] !== block[span][0];
}
