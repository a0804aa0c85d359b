import { Cursor, isSource, type Source } from './cursor.ts';
import { DomainError, DuallyError, ShapeError, shown } from './errors.ts';
import { isGpuBuffer } from './gpu-types.ts';
import { taken } from './parameters.ts';
import { onAbort, unlessAborted } from './signals.ts';
import { Tensor, type TensorHost } from './tensor.ts';

export interface StreamOptions {
  /** Ends the stream; what is waited for then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is to be computed of a chunk, by operations on tensors that are made of it. */
export type ChunkFunction<Chunk> = (chunk: Chunk, index: number) => Tensor;

type Numbers = Float32Array<ArrayBuffer>;

/** A chunk that is being computed. */
interface Computing {
  readonly numbers: Promise<Numbers>;
  /** Settles when the source may fill the chunk's memory anew; undefined if it may at once. */
  readonly read: Promise<unknown> | undefined;
}

/** Sets out to compute a chunk. */
type Compute<Chunk> = (chunk: Chunk, index: number, signal: AbortSignal) => Computing;

/** Chunks at hand at a time: one is computed while the next one is fetched. */
const chunksAtHand = 2;

/** The signal of a stream, if its arguments are what they should be. */
export function checkedStream(source: unknown, fn: unknown, options: StreamOptions): AbortSignal | undefined {
  const wrong = (argument: string, expected: string, got: unknown, remedy: string): DomainError => new DomainError({ operation: 'engine.stream', argument, expected, got: shown(got), remedy });
  if (!isSource(source)) throw wrong('source', 'an async iterable, an iterable or a ReadableStream', source, 'Pass what gives the chunks, such as rowChunks(response.body, { outcomes }).');
  if (typeof fn !== 'function') throw wrong('fn', 'a function that makes a tensor of a chunk', fn, 'Pass (chunk) => klDivergence(engine.rows(chunk, { outcomes }), q) or the like.');
  const { signal } = taken('engine.stream', 'options', options, ['signal']);
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== 'function') throw wrong('options.signal', 'an AbortSignal', signal, 'Pass the signal of an AbortController.');
  return signal;
}

/** Computes chunk after chunk, at most one ahead of the one that is asked for. `compute` lets go of what it made when its signal is aborted. */
export function stream<Chunk>(source: Source<Chunk>, compute: Compute<Chunk>, signal: AbortSignal | undefined): AsyncGenerator<Numbers, void, undefined> {
  const chunks = new Cursor(source);
  const numbers = computed(chunks, compute, signal);
  const end = numbers.return.bind(numbers);
  numbers.return = async (value) => {
    await chunks.close(); // which a generator would put off until the chunk that it waits for has come, and leave out before it has begun
    return end(value);
  };
  return numbers;
}

async function* computed<Chunk>(chunks: Cursor<Chunk>, compute: Compute<Chunk>, signal: AbortSignal | undefined): AsyncGenerator<Numbers, void, undefined> {
  const ending = new AbortController();
  const end = (reason?: unknown): Promise<void> => {
    ending.abort(reason);
    return chunks.close(reason);
  };
  const stop = onAbort(signal, () => void end(signal!.reason));
  let index = 0;
  let latest: Promise<Computing | undefined> | undefined;
  const begin = async (at: number, before: typeof latest): Promise<Computing | undefined> => {
    if (before) {
      const chunk = await before;
      if (!chunk) return undefined;
      await chunk.read?.catch(() => undefined);
    }
    const step = await chunks.next();
    return step.done ? undefined : compute(step.value, at, ending.signal);
  };
  const computeNext = async (): Promise<Numbers | undefined> => (await (latest = begin(index++, latest)))?.numbers;
  const ahead: Promise<Numbers | undefined>[] = [];
  try {
    if (signal?.aborted) void end(signal.reason);
    for (;;) {
      ending.signal.throwIfAborted();
      while (ahead.length < chunksAtHand) {
        ahead.push(computeNext());
        ahead.at(-1)!.catch(() => undefined); // it is awaited later
      }
      const numbers = await ahead.shift();
      if (!numbers) return;
      yield numbers;
    }
  } catch (error) {
    await unlessAborted(end(error), signal); // an aborted stream rejects at once
    throw error;
  } finally {
    stop();
    if (!signal?.aborted) await end();
    await Promise.allSettled(ahead);
  }
}

/** Calls functions and takes note of the tensors that they make. */
interface NotingHost extends TensorHost {
  noting<T>(made: Set<Tensor>, work: () => T): T;
}

/**
 * Reads what a function makes of a chunk, and disposes of all that it made. Its arrays were copied when they were wrapped, so that a source
 * may fill the same memory again and again; of a GPUBuffer the next chunk has to wait until this one is read.
 */
export function computeChunk<Chunk>(host: NotingHost, fn: ChunkFunction<Chunk>, chunk: Chunk, index: number, signal: AbortSignal): Computing {
  const made = new Set<Tensor>();
  const numbers = readChunk(host, () => host.noting(made, () => fn(chunk, index)), made, index, signal);
  numbers.catch(() => undefined); // it is awaited later
  const isOnDevice = [...made].some(({ origin }) => origin.kind === 'source' && isGpuBuffer(origin.data));
  return { numbers, read: isOnDevice ? numbers : undefined };
}

async function readChunk(host: TensorHost, make: () => Tensor, made: ReadonlySet<Tensor>, index: number, signal: AbortSignal): Promise<Numbers> {
  try {
    const tensor = make();
    assertTensor(tensor, host);
    return await tensor.read({ signal });
  } catch (error) {
    throw error instanceof DuallyError && !signal.aborted ? error.inChunk(index) : error;
  } finally {
    for (const tensor of made) tensor.dispose();
  }
}

function assertTensor(value: unknown, host: TensorHost): asserts value is Tensor {
  if (Tensor.isTensor(value) && value.host === host) return;
  Promise.resolve(value).catch(() => undefined); // of an async function, whose own error would be nobody's
  throw new ShapeError({
    operation: 'engine.stream', argument: 'fn', expected: 'a function that returns a tensor of this engine, at once', got: Tensor.isTensor(value) ? 'a tensor of another engine' : shown(value),
    remedy: 'Return the result of an operation on engine.rows(chunk, { outcomes }), and do what takes time in the source.',
  });
}
