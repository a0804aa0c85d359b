import { LimitExceededError } from '../errors.ts';
import { memoryOf, passingStages, workOf } from '../footprint.ts';
import { isGpuBuffer } from '../gpu-types.ts';
import type { Dispatch, Kernel, Regime } from '../kernel.ts';
import { bindingBytes, planBlocks, type Block, type Limits } from '../plan.ts';
import { lineageOf } from '../lineage.ts';
import { chooseRegime, chooseTileRegime } from '../regimes.ts';
import { extentOf, isFold, rangeOf, stagesAfterFolds, stagesOf, type Range, type Stage } from '../stages.ts';
import { bytesOf, perWord, wordsOf, type StoredNumbers } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import { Encoder, type Region } from './encoder.ts';
import type { Step } from './gpu.ts';
import type { WebGpuBackend } from './backend.ts';
import { bytesOfTensor } from './memory.ts';
import { fillOfClass, smallestClass } from './pool.ts';
import { Statuses } from './statuses.ts';

/** Where the blocks of a result go. */
export interface Sink {
  /** Records what is to be done with a block; what it returns is done after submission. */
  readonly put: (region: Region, range: Range, record: (step: Step) => void) => Promise<(() => Promise<void>) | undefined>;
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

export interface RunHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** The share of the memory that the run may take: less, after the device had not as much as was thought. */
  readonly share?: number | undefined;
}

/** One run of one tensor on the device: its stages, block by block. */
export class Run {
  readonly #backend: WebGpuBackend;
  readonly #limits: Limits;
  readonly #encoder: Encoder;
  readonly #statuses: Statuses;
  readonly #root: Tensor;
  readonly #stages: readonly Stage[];
  /** Stages that are freed once those that read them were made. */
  readonly #passing: ReadonlySet<Stage>;
  /** What stays on the device as a whole; what else comes from the host is uploaded block by block. */
  readonly #kept = new Set<Tensor>();
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
    this.#stages = stagesOf(root, (tensor) => backend.resident(tensor) !== undefined || backend.memory.spilled(tensor) !== undefined);
    this.#passing = passingStages(this.#stages);
    const sources = this.#stages.filter(({ tensor }) => tensor.origin.kind === 'source').length;
    this.#statuses = new Statuses(backend.gpu, backend.softwareAdapter, sources);
  }

  /**
   * Records and submits all the work. What is returned waits for the device: meanwhile others may record theirs. It asks for
   * the numbers of a source that has a bad row.
   */
  async start(sink: Sink, hooks: RunHooks): Promise<(hostData: (tensor: Tensor) => Promise<StoredNumbers>) => Promise<RunFacts>> {
    const { memory } = this.#backend;
    try {
      memory.begin(this.#stages.map(({ tensor }) => tensor), () => this.#encoder.flush());
      await this.#statuses.open(memory);
      const blocks = this.#plan(await this.#makeRoom(sink, hooks.share ?? 1), sink);
      const delivered = await this.#submitBlocks(blocks, sink, hooks);
      return (hostData) => this.#finish(blocks.length, delivered, hooks, hostData);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /**
   * Decides what is kept on the device as a whole, up to half of the memory, what is there already first; moves away what is
   * not to be kept. Returns the bytes that are left for the blocks.
   */
  async #makeRoom({ isRead }: Sink, share: number): Promise<number> {
    const { memory } = this.#backend;
    const room = memory.available * share - (isRead ? 0 : bytesOfTensor(this.#root));
    const candidates = [...new Set(this.#stages.map(({ tensor }) => tensor))].map((tensor) => ({ tensor, bytes: bytesOfTensor(tensor), isThere: memory.isMovable(tensor) }));
    let left = room / 2;
    for (const { tensor, bytes, isThere } of candidates.sort((x, y) => Number(y.isThere) - Number(x.isThere) || x.bytes - y.bytes)) {
      if (!isThere && !(this.#lasting.has(tensor) && this.#hostData(tensor))) continue;
      if (bytes <= Math.min(left, bindingBytes(this.#limits)) || (isThere && tensor === this.#stages.at(-1)!.tensor)) {
        this.#kept.add(tensor);
        left -= bytes;
      } else {
        await memory.move(tensor);
      }
    }
    return left + room / 2;
  }

  /** Returns how many blocks of the result were sent on their way. */
  async #submitBlocks(blocks: readonly Block[], sink: Sink, hooks: RunHooks): Promise<number> {
    let [done, sent] = [0, 0];
    const total = blocks.length * this.#stages.length;
    const root = this.#stages.at(-1)!;
    const waiting = stagesAfterFolds(this.#stages);
    for (const [index, block] of blocks.entries()) {
      const [before, next] = [blocks[index - 1], blocks[index + 1]];
      const lastColumns = next?.rows[0] !== block.rows[0];
      const uses = new Map(this.#stages.map((stage) => [stage, stage.uses]));
      for (const stage of this.#stages) {
        hooks.signal?.throwIfAborted();
        if (waiting.has(stage) ? lastColumns : !before || isFold(stage) || endsWith(stage, block, before)) {
          this.#regions.set(stage, await this.#make(stage, block));
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

  async #finish(chunks: number, sent: number, { signal }: RunHooks, hostData: (tensor: Tensor) => Promise<StoredNumbers>): Promise<RunFacts> {
    try {
      await this.#delivery;
      await this.#statuses.report(hostData, this.#root);
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

  #plan(room: number, { isRead }: Sink): readonly Block[] {
    const memory = memoryOf(this.#stages, { isThere: (tensor) => this.#isThere(tensor), isRead, perBuffer: smallestClass });
    const blocks = planBlocks({ ...extentOf(this.#stages), memory, work: workOf(this.#stages) }, this.#limits, fillOfClass * room);
    if (blocks) return blocks;
    const byRow = this.#stages.filter(({ span }) => span === 'rows' || span === 'columns');
    const { tensor } = byRow.reduce((widest, stage) => (stage.tensor.width > widest.tensor.width ? stage : widest));
    throw this.#tooLarge('tensors whose rows fit', tensor, 4 * tensor.width);
  }

  #isThere(tensor: Tensor): boolean {
    return this.#kept.has(tensor) || (this.#backend.resident(tensor) !== undefined && bytesOfTensor(tensor) <= bindingBytes(this.#limits));
  }

  /** The numbers of a tensor that can be uploaded: the caller's, or a result's that was moved to the host. */
  #hostData(tensor: Tensor): StoredNumbers | undefined {
    const { origin } = tensor;
    if (origin.kind === 'source') return isGpuBuffer(origin.data) ? undefined : origin.data;
    return this.#backend.memory.spilled(tensor);
  }

  /** Sends a block on its way, when the one before it has arrived; with the last one go the outcomes of the checks. */
  async #send(block: Block, sink: Sink, last: boolean): Promise<void> {
    const root = this.#stages.at(-1)!;
    const record = (step: Step): void => this.#encoder.record(step);
    const deliver = await sink.put(this.#regions.get(root)!, rangeOf(root, block), record);
    if (last) await this.#statuses.record(record, this.#backend.memory);
    await this.#encoder.submit();
    const before = this.#delivery;
    this.#delivery = Promise.all([before, deliver?.(), last ? this.#statuses.deliver() : undefined]);
    this.#delivery.catch(() => undefined); // it is awaited later
    await before;
  }

  /** Hands the buffer of a stage to the caller, who now owns it; none if it is a tensor's already. */
  #keep(stage: Stage): Region | undefined {
    return this.#owned.delete(stage) ? this.#regions.get(stage) : undefined;
  }

  #used(stage: Stage, uses: Map<Stage, number>, block: Block, next: Block | undefined): void {
    const left = uses.get(stage)! - 1;
    uses.set(stage, left);
    if (left === 0 && (this.#passing.has(stage) || endsWith(stage, block, next))) this.#release(stage);
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
    const data = this.#hostData(stage.tensor);
    return data ? this.#upload(stage, data, range, block) : this.#compute(stage, range, block);
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
    const copy = await this.#own(stage, bytes);
    this.#encoder.record((commands) => commands.copyBufferToBuffer(buffer, bytesOf(tensor.storage, first), copy, 0, bytes));
    await this.#check(tensor, { buffer: copy, start, stride }, range.from, range.rows);
    return { buffer: copy, start: start + range.columnFrom, stride };
  }

  async #upload(stage: Stage, data: StoredNumbers, range: Range, block: Block): Promise<Region> {
    const { tensor } = stage;
    const stays = this.#kept.has(tensor);
    const [from, rows] = stays ? [0, tensor.rows] : [range.from, range.rows];
    const { first, start, bytes } = partOf(tensor, from, rows);
    const buffer = stays ? await this.#backend.allocateResident(tensor) : await this.#own(stage, bytes);
    if (stays) this.uploaded.push(tensor);
    this.#encoder.flush(); // a write overtakes commands that were not submitted yet
    this.#backend.gpu.write(buffer, wordsOf(data, first, bytes));
    this.#bytesUp += bytes;
    if (stays) return this.#part(stage, buffer, range);
    const region = { buffer, start, stride: tensor.rows === 1 ? 0 : tensor.width };
    const isKnown = stage.span === 'columns' && block.rows[0] > 0; // every band of rows goes through the same columns
    if (!isKnown) await this.#check(tensor, region, from, rows);
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
    const output = await this.#own(stage, 4 * range.rows * range.width);
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

  async #own(stage: Stage, bytes: number): Promise<GPUBuffer> {
    const isResult = stage === this.#stages.at(-1); // the caller may get hold of it
    const buffer = await this.#backend.memory.take(isResult ? 'exact' : 'storage', bytes);
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

/** Stages along the result's rows or columns serve the neighbouring blocks that share these; the others serve all blocks. */
function endsWith({ span }: Stage, block: Block, neighbour: Block | undefined): boolean {
  if (span === 'block') return true;
  if (span !== 'rows' && span !== 'columns') return false;
  return neighbour?.[span][0] !== block[span][0];
}
