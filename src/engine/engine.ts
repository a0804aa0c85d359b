import { asCalled } from './called.ts';
import { certificateError } from './certificate.ts';
import type { Source } from './cursor.ts';
import { DomainError, shown } from './errors.ts';
import { eventNames, type EventName, type Listener } from './events.ts';
import type { Form } from './forms.ts';
import { isGpuBuffer, type GpuBufferLike } from './gpu-types.ts';
import { lineageOf } from './lineage.ts';
import { taken } from './parameters.ts';
import { Queue } from './queue.ts';
import { watched } from './read-hooks.ts';
import type { RunReport } from './report.ts';
import type { EngineInfo, MemoryUse, Runner } from './runner.ts';
import { unlessAborted } from './signals.ts';
import { checkForm, checkSource, sourceOptions, type RowData, type RowOptions, type ValueOptions } from './sources.ts';
import { goneError, ownMemory } from './storage.ts';
import { checkedStream, computeChunk, stream, type ChunkFunction, type StreamOptions } from './stream.ts';
import { Tensor, type ReadOptions } from './tensor.ts';

/** Reads that are under way at a time in one place; others wait in line. */
const readsAtOnce = 8;

/** What its tensors need of it, a TensorHost, is not for callers. */
export class Engine {
  readonly #runner: Runner;
  readonly #lines = { gpu: new Queue(readsAtOnce), cpu: new Queue(readsAtOnce) };
  readonly #running = new Set<Promise<unknown>>();
  /** What reads under way need, and how many of them. */
  readonly #held = new Map<Tensor, number>();
  #disposed = false;
  #ended: Promise<void> = Promise.resolve();
  #noted: Set<Tensor> | undefined;

  /** @internal */
  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** No plain object for those who make copies or proxies of plain ones, such as Vue's reactive state: the fields are private. @internal */
  get [Symbol.toStringTag](): string {
    return 'Engine';
  }

  get info(): EngineInfo {
    return this.#runner.info;
  }

  /**
   * Wraps distributions, one a row, without copying a Float32Array or a GPUBuffer; other numbers are rounded to f32: typed arrays
   * of any realm, arrays of rows, and Arrow's vectors of lists of a fixed size. Rows within a GPUBuffer are told by offset, stride and rows.
   * The data must not change while the tensor is in use. The entries are checked when they are first used.
   *
   * Forms: 'probabilities' (default; sums within 1e-3 of 1, deviations are normalised exactly), 'weights' (any sum between 2⁻¹⁰⁰ and 2¹⁰⁰),
   * 'logProbabilities' and 'logits' (−Infinity stands for probability zero).
   * An outcome that is not there, such as padding or a word outside a vocabulary, has probability zero in every row that lacks it:
   * weight 0, or logit −Infinity. A finite mask of −1e4 down to the least f32 is taken for the logit that it is, and does the
   * same unless the other row has mass there, which then costs what such a logit says.
   * Halves: a Float16Array, or with storage: 'f16' a Uint16Array or GPUBuffer of their bits, takes half the memory on the device too.
   * @throws ShapeError for lengths, sizes or usages that do not fit.
   */
  rows(data: RowData, options: RowOptions): Tensor {
    const { form = 'probabilities', ...others } = taken('engine.rows', 'options', options ?? {}, [...sourceOptions(data), 'form']);
    return this.#source('engine.rows', data, others, checkForm('engine.rows', form));
  }

  /** Wraps real vectors, one a row: gradients and tangent vectors. Entries must be finite. */
  values(data: RowData, options: ValueOptions): Tensor {
    return this.#source('engine.values', data, taken('engine.values', 'options', options ?? {}, sourceOptions(data)), 'values');
  }

  #source(operation: string, given: RowData, options: ValueOptions, form: Form): Tensor {
    this.#assertOpen(operation);
    const { data, rows, outcomes, storage, placing } = checkSource(operation, given, options, form);
    const { noBuffers } = this.#runner;
    if (noBuffers !== undefined && isGpuBuffer(data)) {
      throw new DomainError({
        operation, argument: 'data', expected: `data on the host, for ${noBuffers}`, got: 'a GPUBuffer', remedy: 'Give a typed array, or open the engine with the device of the buffer.',
      });
    }
    const isTaken = options.transfer === true && this.#runner.takesArrays;
    const kept = this.#noted && !isTaken && !isGpuBuffer(data) && !ownMemory.has(data.buffer) ? data.slice() : data; // of a stream, whose source may fill it again
    const source = new Tensor(this, [rows, outcomes], form, { kind: 'source', data: kept, storage, ...placing, ...(isTaken && { transfer: true }) });
    this.#runner.adopt(source);
    return source;
  }

  /**
   * Calls a function when something happens to the GPU: 'devicelost', 'recovered' with another device, 'fallback' to the CPU.
   * Returns a function that ends this. Work is never lost: what a lost device had under way is done again.
   * A listener that throws disturbs no read: a page is told by `window.onerror`, a process of Node by a warning (`process.on('warning')`).
   *
   * @example
   * const stop = engine.on('devicelost', ({ reason }) => console.warn(reason));
   * stop();
   */
  on<Name extends EventName>(name: Name, listener: Listener<Name>, /** @internal */ options: object = {}): () => void {
    const wrong = (argument: string, expected: string, value: unknown): DomainError => new DomainError({ operation: 'engine.on', argument, expected, got: shown(value), remedy: 'See the type EngineEvents.' });
    if (!eventNames.includes(name)) throw wrong('name', eventNames.map(shown).join(', '), name);
    if (typeof listener !== 'function') throw wrong('listener', 'a function', listener);
    taken('engine.on', 'options', options, []);
    return this.#runner.events.on(name, listener);
  }

  /**
   * Computes something of every chunk of a source, be that larger than any memory: files, bodies of fetch, record batches of Arrow, generators.
   * What comes out are the numbers of each chunk, in order. One chunk is computed while the next one is fetched; no more is taken from the source
   * until the consumer asks for it.
   *
   * `fn` returns at once what is to be computed: operations on tensors that it makes of the chunk. Their numbers are copied, so that a source
   * may fill one array again and again (those of `rowChunks` are its own, and are not); of a GPUBuffer the next chunk is asked for when this
   * one is read. The tensors are disposed of when their numbers are there; tensors from outside live on. When the consumer breaks off, when
   * something fails and when `signal` is aborted, all is freed and the source is closed, which is waited for no longer than a second, and not
   * at all after an abort. An error of Dually tells the index of its chunk, within which its row counts.
   *
   * @example
   * const target = engine.rows([[0.25, 0.75]], { outcomes: 2 });
   * const bytes = [new Float32Array([0.5, 0.5, 0.9, 0.1])].map(({ buffer }) => new Uint8Array(buffer)); // or (await fetch(url)).body, or file.stream()
   * for await (const divergences of engine.stream(rowChunks(bytes, { outcomes: 2 }), (chunk) => klDivergence(engine.rows(chunk, { outcomes: 2 }), target))) {
   *   console.log(divergences); // Float32Array [0.1438…, 0.9514…]
   * }
   */
  stream<Chunk>(source: Source<Chunk>, fn: ChunkFunction<Chunk>, options: StreamOptions = {}): AsyncGenerator<Float32Array<ArrayBuffer>, void, undefined> {
    this.#assertOpen('engine.stream');
    const ending = checkedStream(source, fn, options);
    return stream(source, (chunk, index, signal) => computeChunk(this, fn, chunk, index, signal), ending);
  }

  /** The bytes that the engine holds on the device now, and what it may hold. */
  async memory(): Promise<MemoryUse> {
    return this.#runner.memory();
  }

  /** @internal */
  made(tensor: Tensor): void {
    this.#noted?.add(tensor);
  }

  /** Takes note of the tensors that a function makes. @internal */
  noting<T>(made: Set<Tensor>, work: () => T): T {
    this.#noted = made;
    try {
      return work();
    } finally {
      this.#noted = undefined;
    }
  }

  /** @internal */
  async read(tensor: Tensor, options: ReadOptions): Promise<Float32Array<ArrayBuffer>> {
    this.#assertOpen('tensor.read');
    const read = (whole: Tensor): Promise<Float32Array<ArrayBuffer>> => this.#readWhole(whole, options);
    const { origin } = tensor;
    return origin.kind === 'result' && origin.operation.readPart?.(tensor, read, options.signal) || read(tensor);
  }

  #readWhole(tensor: Tensor, options: ReadOptions): Promise<Float32Array<ArrayBuffer>> {
    return this.#inTurn('tensor.read', tensor, options, async (hooks) => {
      const { data, report } = await this.#runner.read(tensor, hooks);
      hooks.signal?.throwIfAborted();
      return noted(tensor, report, data);
    });
  }

  /** @internal */
  buffer(tensor: Tensor, options: ReadOptions): Promise<GpuBufferLike> {
    return this.#inTurn('tensor.buffer', tensor, options, async (hooks) => {
      const { buffer, report } = await this.#runner.buffer(tensor, hooks);
      hooks.signal?.throwIfAborted();
      // or the buffer is somebody else's by now
      if (tensor.disposed) throw new DomainError({ operation: 'tensor.buffer', expected: 'a live tensor', got: 'one that was disposed of meanwhile', remedy: 'Dispose of a tensor only after its last use.' });
      return report ? noted(tensor, report, buffer) : buffer;
    });
  }

  /** What a read under way needs is released when that has ended. @internal */
  release(tensor: Tensor): void {
    if (!this.#disposed && !this.#held.has(tensor)) this.#runner.release(tensor);
  }

  /** Frees everything the engine made, when what is under way has ended. A borrowed device is left alone. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#ended = this.#idle().then(() => this.#runner.destroy());
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Disposes, and waits until what was running has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
    await this.#ended;
  }

  async #idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  /** Who gives up waits no longer, nor do those behind him; what he has begun ends by itself, and holds until then all that it is made from. */
  #inTurn<T>(operation: string, tensor: Tensor, options: ReadOptions, work: (hooks: ReadOptions) => Promise<T>): Promise<T> {
    this.#assertRunnable(tensor, operation);
    this.#hold(tensor);
    const { hooks, stop } = watched(options);
    let [holds, ended]: [boolean, Promise<unknown>] = [true, Promise.resolve()];
    const end = (): void => {
      stop();
      if (holds) this.#letGo(tensor);
      holds = false;
    };
    const answer = this.#lines[this.#runner.placeOf(tensor)].run(() => {
      this.#assertOpen(operation);
      this.#assertIntact(tensor, operation);
      const running = work(hooks).catch((error: unknown) => { throw asCalled(error, tensor, operation); }).finally(end);
      ended = running.catch(() => undefined);
      return unlessAborted(running, hooks.signal);
    }, hooks.signal);
    const over = answer.catch(() => undefined).then(() => ended).then(() => {
      end(); // of what never began
      this.#running.delete(over);
    });
    this.#running.add(over);
    return answer;
  }

  #hold(tensor: Tensor): void {
    for (const each of lineageOf(tensor)) this.#held.set(each, (this.#held.get(each) ?? 0) + 1);
  }

  #letGo(tensor: Tensor): void {
    for (const each of lineageOf(tensor)) {
      const others = this.#held.get(each)! - 1;
      if (others > 0) {
        this.#held.set(each, others);
        continue;
      }
      this.#held.delete(each);
      if (each.disposed) this.release(each);
    }
  }

  #assertOpen(operation: string): void {
    if (!this.#disposed) return;
    throw new DomainError({ operation, expected: 'a live engine', got: 'a disposed one', remedy: 'Open a new engine.' });
  }

  #assertRunnable(tensor: Tensor, operation: string): void {
    this.#assertOpen(operation);
    for (const { disposed, origin } of lineageOf(tensor)) {
      if (!disposed || origin.kind !== 'source') continue;
      throw new DomainError({ operation, expected: 'inputs that are still there', got: 'a tensor made from one that was disposed of', remedy: 'Dispose of a tensor only after its last use.' });
    }
  }

  #assertIntact(tensor: Tensor, operation: string): void {
    for (const { origin, rows, width } of lineageOf(tensor)) {
      if (origin.kind === 'source' && !origin.transfer && !isGpuBuffer(origin.data) && origin.data.length === 0 && rows * width > 0) {
        throw goneError(operation);
      }
    }
  }
}

/** A result with its report, unless that says that it is wrong, and the reference has not made it anew. */
function noted<T>(tensor: Tensor, report: RunReport, result: T): T {
  tensor.report = report;
  if (report.certificate?.passed === false && report.backend !== 'reference') throw certificateError(report);
  return result;
}
