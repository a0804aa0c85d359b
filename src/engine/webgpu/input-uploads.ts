import { isGpuBuffer } from '../gpu-types.ts';
import { lineageOf } from '../lineage.ts';
import { bindingBytes, type Block } from '../plan.ts';
import type { BlockRange, Stage } from '../stages.ts';
import { bytesOf, perWord, wordsOf, type StoredNumbers } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import type { DeviceContext } from './device-context.ts';
import type { Region } from './command.ts';
import type { Encoder } from './encoder.ts';
import { bytesOfTensor, bytesUpTo, placeOf } from './memory.ts';
import type { StageBuffers } from './stage-buffers.ts';
import type { RowValidation } from './row-validation.ts';

/** What a run records its commands with. */
interface Means {
  readonly encoder: Encoder;
  readonly validation: RowValidation;
  readonly buffers: StageBuffers;
}

/** Brings to the device what a run reads and does not make: sources, and results that were made before. */
export class InputUploads {
  readonly #context: DeviceContext;
  readonly #means: Means;
  /** What stays on the device as a whole; what else comes from the host is uploaded block by block. */
  readonly #kept = new Set<Tensor>();
  /** Sources that this run brought to the device to stay. */
  readonly uploaded: Tensor[] = [];
  bytesUp = 0;

  constructor(context: DeviceContext, means: Means) {
    this.#context = context;
    this.#means = means;
  }

  /**
   * Decides what is kept on the device as a whole, up to half of the room, what is there already first; moves away what
   * is
   * not to be kept. Returns the bytes that are left for the blocks.
   */
  async makeRoom(stages: readonly Stage[], root: Tensor, room: number): Promise<number> {
    const { memory, limits } = this.#context;
    // What the caller can ask for again; a composition's own tensors are gone after the run.
    const lasting = new Set(lineageOf(root));
    const candidates = [...new Set(stages.map(({ tensor }) => tensor))].map((tensor) => ({
      tensor,
      bytes: bytesOfTensor(tensor),
      isThere: memory.isMovable(tensor),
    }));
    let left = room / 2;
    for (const { tensor, bytes, isThere } of candidates.sort(
      (x, y) => Number(y.isThere) - Number(x.isThere) || x.bytes - y.bytes,
    )) {
      if (!isThere && !(lasting.has(tensor) && this.#hostData(tensor))) continue;
      if (bytes <= Math.min(left, bindingBytes(limits)) || (isThere && tensor === stages.at(-1)!.tensor)) {
        this.#kept.add(tensor);
        left -= bytes;
      } else {
        await memory.move(tensor);
      }
    }
    return left + room / 2;
  }

  /** Whether a tensor is on the device as a whole when it is read. */
  isThere(tensor: Tensor): boolean {
    return (
      this.#kept.has(tensor) ||
      (this.#context.resident(tensor) !== undefined && bytesUpTo(tensor) <= bindingBytes(this.#context.limits))
    );
  }

  /** Has the rows of a stage on the device; none if they are to be computed. */
  async bring(stage: Stage, range: BlockRange, block: Block): Promise<Region | undefined> {
    const resident = this.#context.resident(stage.tensor);
    if (resident) {
      this.#context.memory.need(stage.tensor);
      return this.#part(stage, resident, range);
    }
    const data = this.#hostData(stage.tensor);
    return data && this.#upload(stage, data, range, block);
  }

  /** The numbers of a tensor that can be uploaded: the caller's, or a result's that was moved to the host. */
  #hostData(tensor: Tensor): StoredNumbers | undefined {
    const { origin } = tensor;
    if (origin.kind === 'source') return isGpuBuffer(origin.data) ? undefined : origin.data;
    return this.#context.memory.spilled(tensor);
  }

  /** Rows of a buffer that is on the device already; copied only when the buffer is larger than a binding may be. */
  async #part(stage: Stage, buffer: GPUBuffer, range: BlockRange): Promise<Region> {
    const { tensor } = stage;
    const { placing } = tensor;
    const stride = tensor.rows === 1 ? 0 : placing.stride;
    if (bytesUpTo(tensor) <= bindingBytes(this.#context.limits)) {
      await this.#check(tensor, { buffer, start: placing.offset, stride }, 0, tensor.rows);
      return { buffer, start: placing.offset + range.from * placing.stride + range.columnFrom, stride };
    }
    const { first, start, bytes } = partOf(tensor, range.from, range.rows);
    const copy = await this.#means.buffers.own(stage, bytes);
    this.#means.encoder.record((commands) =>
      commands.copyBufferToBuffer(buffer, bytesOf(tensor.storage, first), copy, 0, bytes),
    );
    await this.#check(tensor, { buffer: copy, start, stride }, range.from, range.rows);
    return { buffer: copy, start: start + range.columnFrom, stride };
  }

  async #upload(stage: Stage, data: StoredNumbers, range: BlockRange, block: Block): Promise<Region> {
    const { tensor } = stage;
    const stays = this.#kept.has(tensor);
    const [from, rows] = stays ? [0, tensor.rows] : [range.from, range.rows];
    const { first, start, bytes } = partOf(tensor, from, rows);
    const buffer = stays ? await this.#context.allocateResident(tensor) : await this.#means.buffers.own(stage, bytes);
    if (stays) this.uploaded.push(tensor);
    this.#means.encoder.flush(); // a write overtakes commands that were not submitted yet
    this.#context.gpu.write(buffer, wordsOf(data, first, bytes));
    this.bytesUp += bytes;
    if (stays) return this.#part(stage, buffer, range);
    const region = { buffer, start, stride: tensor.rows === 1 ? 0 : tensor.width };
    const isKnown = stage.span === 'columns' && block.rows[0] > 0; // every band of rows goes through the same columns
    if (!isKnown) await this.#check(tensor, region, from, rows);
    return region;
  }

  async #check(tensor: Tensor, region: Region, first: number, rows: number): Promise<void> {
    const { encoder, validation } = this.#means;
    if (rows > 0 && !validation.covers(tensor))
      await validation.check(encoder, { tensor, region, first, rows, all: rows === tensor.rows });
  }
}

/** The whole words that hold rows of a tensor: from which number on, where in them the rows start, and their size. */
function partOf(tensor: Tensor, from: number, rows: number): { first: number; start: number; bytes: number } {
  const { storage } = tensor;
  const { first, count } = placeOf(tensor, from, rows);
  const start = first % perWord[storage];
  return { first: first - start, start, bytes: bytesOf(storage, start + count) };
}
