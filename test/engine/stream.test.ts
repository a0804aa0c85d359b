import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { turn } from '../../src/engine/breather.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, klDivergence, openEngine, probabilities, rowChunks } from '../../src/index.ts';
import { expectFailure, thrownBy } from '../failure.ts';
import { placeFor } from './place.ts';
import { randomRows } from './random-rows.ts';

const outcomes = 8;
const sizes = [5, 0, 1, 12, 3, 3];
const form = 'weights';
type Rows = Float32Array<ArrayBuffer>;

/** Chunks of random rows, how many of them were pulled, and whether the source was closed. */
class Chunks implements AsyncIterable<Rows> {
  readonly data: readonly Rows[];
  pulled = 0;
  closed = 0;
  failure: Error | undefined;

  constructor(rowCounts: readonly number[] = sizes) {
    this.data = rowCounts.map((rows, seed) => randomRows(rows, outcomes, seed));
  }

  get whole(): Rows {
    return Float32Array.from(this.data.flatMap((chunk) => [...chunk]));
  }

  async* [Symbol.asyncIterator](): AsyncGenerator<Rows> {
    try {
      for (const chunk of this.data) {
        this.pulled++;
        await Promise.resolve();
        yield chunk;
      }
      if (this.failure) throw this.failure;
    } finally {
      this.closed++;
    }
  }
}

async function joined(parts: AsyncIterable<Rows>): Promise<{ numbers: number[]; lengths: number[] }> {
  const [numbers, lengths]: [number[], number[]] = [[], []];
  for await (const part of parts) {
    numbers.push(...part);
    lengths.push(part.length);
  }
  return { numbers, lengths };
}

/** Lets what has been begun go on for a while, if it does. */
async function settled(): Promise<void> {
  for (let k = 0; k < 20; k++) await turn();
}

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  let q: Tensor;
  const wrapped = (chunk: Rows): Tensor => engine.rows(chunk, { outcomes, form });
  const divergence = (chunk: Rows): Tensor => klDivergence(wrapped(chunk), q);
  const expected = async (data: Rows): Promise<number[]> => [...await divergence(data).read()];
  beforeAll(async () => {
    engine = await openEngine(await placeFor(backend));
    q = engine.rows(randomRows(1, outcomes, 77), { outcomes, form });
  });
  afterAll(() => engine.dispose());

  test('gives the numbers of chunks of any size, in order', async () => {
    const chunks = new Chunks();
    const indexes: number[] = [];
    const { numbers, lengths } = await joined(engine.stream(chunks, (chunk, index) => {
      indexes.push(index);
      return divergence(chunk);
    }));
    expect(lengths).toEqual(sizes);
    expect(indexes).toEqual([0, 1, 2, 3, 4, 5]);
    expect(numbers).toEqual(await expected(chunks.whole));
    expect(chunks.closed).toBe(1);
  });

  test.each<[string, (chunks: Chunks) => Iterable<Rows | Promise<Rows>> | AsyncIterable<Rows> | ReadableStream<Rows>]>([
    ['an array', ({ data }) => data],
    ['an array of promises', ({ data }) => data.map((chunk) => Promise.resolve(chunk))],
    ['a generator', function* ({ data }) { yield* data; }],
    ['a ReadableStream', ({ data }) => streamOf(data)],
    ['a ReadableStream without an iterator', ({ data }) => Object.defineProperty(streamOf(data), Symbol.asyncIterator, { value: undefined })],
  ])('takes %s', async (_, sourceOf) => {
    const chunks = new Chunks([2, 3, 1]);
    const source = sourceOf(chunks);
    expect((await joined(engine.stream(source, divergence))).numbers).toEqual(await expected(chunks.whole));
    if (source instanceof ReadableStream) expect(source.locked).toBe(false);
  });

  test('no chunks give no numbers', async () => {
    expect((await joined(engine.stream([] as Rows[], divergence))).lengths).toEqual([]);
    expect((await joined(engine.stream(new Chunks([0, 0]), divergence))).lengths).toEqual([0, 0]);
  });

  test('a whole chain of operations is computed of each chunk', async () => {
    const chunks = new Chunks([4, 2]);
    const chain = (chunk: Rows): Tensor => alphaDivergence(probabilities(wrapped(chunk)), probabilities(q), { alpha: 0.5 });
    expect((await joined(engine.stream(chunks, chain))).numbers).toEqual([...await chain(chunks.whole).read()]);
  });

  test('takes no more from the source than the chunk that is next', async () => {
    const chunks = new Chunks(Array.from({ length: 8 }, () => 2));
    const made: Tensor[] = [];
    const stream = engine.stream(chunks, (chunk) => made[made.length] = divergence(chunk));
    await settled();
    expect(chunks.pulled).toBe(0);
    for (let taken = 1; taken <= 3; taken++) {
      await stream.next();
      await expect.poll(() => made.length).toBe(taken + 1);
      await settled();
      expect([chunks.pulled, made.length]).toEqual([taken + 1, taken + 1]);
    }
    await stream.return();
    expect([chunks.pulled, chunks.closed]).toEqual([4, 1]);
    expect(made.every(({ disposed }) => disposed)).toBe(true);
  });

  test('what the function made is disposed of, what it was given is not', async () => {
    const made: Tensor[] = [];
    const own = divergence(randomRows(2, outcomes, 5));
    const kept = probabilities(q);
    const { lengths } = await joined(engine.stream(new Chunks([1, 2, 3]), (chunk, index) => {
      if (index === 1) return own;
      const p = wrapped(chunk);
      const unused = engine.rows(chunk, { outcomes, form });
      const result = klDivergence(p, kept);
      made.push(p, unused, result);
      return result;
    }));
    expect(lengths).toEqual([1, 2, 3]);
    expect(made.map(({ disposed }) => disposed)).toEqual(Array.from({ length: 6 }, () => true));
    expect([own, q, kept].map(({ disposed }) => disposed)).toEqual([false, false, false]);
    expect((await own.read()).length).toBe(2);
  });

  test('memory is flat', async () => {
    using own = await openEngine(await placeFor(backend));
    const rowsOf = (data: Rows): Tensor => own.rows(data, { outcomes, form });
    const one = rowsOf(randomRows(1, outcomes, 77));
    const used = backend === 'webgpu' ? one.width * 4 : 0;
    const chunks = new Chunks(Array.from({ length: 12 }, () => 64));
    for await (const numbers of own.stream(chunks, (chunk) => klDivergence(rowsOf(chunk), one))) {
      expect(numbers.length).toBe(64);
      expect((await own.memory()).used).toBeLessThanOrEqual(used + 2 * (4 * 64 * (outcomes + 1) + 256)); // two chunks: rows, numbers and their checks
    }
    await expect.poll(async () => (await own.memory()).used).toBe(used);
  });

  test('breaking off closes the source and frees everything', async () => {
    const chunks = new Chunks([3, 3, 3, 3]);
    const made: Tensor[] = [];
    for await (const numbers of engine.stream(chunks, (chunk) => made[made.length] = divergence(chunk))) {
      expect(numbers.length).toBe(3);
      break;
    }
    expect(chunks.closed).toBe(1);
    expect(chunks.pulled).toBeLessThanOrEqual(2);
    expect(made.every(({ disposed }) => disposed)).toBe(true);
  });

  test('breaking off cancels a ReadableStream', async () => {
    const cancelled: unknown[] = [];
    const endless = new ReadableStream<Rows>({ pull: (to) => to.enqueue(randomRows(2, outcomes, 1)), cancel: (reason) => void cancelled.push(reason) });
    for await (const numbers of engine.stream(endless, divergence)) {
      expect(numbers.length).toBe(2);
      break;
    }
    expect(cancelled).toEqual([expect.objectContaining({ name: 'AbortError' })]);
    expect(endless.locked).toBe(false);
  });

  test('breaking off does not wait for a chunk that never comes', async () => {
    async function* stuck(): AsyncGenerator<Rows> {
      yield randomRows(2, outcomes, 1);
      await new Promise(() => undefined);
    }
    for await (const numbers of engine.stream(stuck(), divergence)) {
      expect(numbers.length).toBe(2);
      break;
    }
  });

  test('an error of the consumer closes the source', async () => {
    const chunks = new Chunks();
    const error = new Error('the consumer fails');
    expect(await thrownBy(async () => {
      for await (const numbers of engine.stream(chunks, divergence)) if (numbers) throw error;
    })).toBe(error);
    expect(chunks.closed).toBe(1);
  });

  describe('abort', () => {
    const reason = new Error('not wanted any more');

    test('before the stream begins', async () => {
      const chunks = new Chunks();
      expect(await thrownBy(() => engine.stream(chunks, divergence, { signal: AbortSignal.abort(reason) }).next())).toBe(reason);
      expect(chunks.pulled).toBe(0);
    });

    test('between chunks', async () => {
      const chunks = new Chunks([2, 2, 2, 2, 2]);
      const control = new AbortController();
      const stream = engine.stream(chunks, divergence, { signal: control.signal });
      await stream.next();
      control.abort(reason);
      await expect.poll(() => chunks.closed).toBe(1); // though nobody has asked for more
      expect(await thrownBy(() => stream.next())).toBe(reason);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });

    test('while a chunk is computed', async () => {
      const chunks = new Chunks([2, 4000, 2]);
      const control = new AbortController();
      const made: Tensor[] = [];
      const stream = engine.stream(chunks, (chunk, index) => {
        if (index === 1) queueMicrotask(() => queueMicrotask(() => control.abort(reason)));
        return made[index] = divergence(chunk);
      }, { signal: control.signal });
      expect(await thrownBy(() => joined(stream))).toBe(reason);
      expect(made.every(({ disposed }) => disposed)).toBe(true);
      expect(chunks.closed).toBe(1);
    });

    test('while the source is waited for, which is told why', async () => {
      const cancelled: unknown[] = [];
      const control = new AbortController();
      const stuck = new ReadableStream<Rows>({ start: (to) => to.enqueue(randomRows(2, outcomes, 1)), cancel: (why) => void cancelled.push(why) });
      const stream = engine.stream(stuck, divergence, { signal: control.signal });
      await stream.next();
      const next = thrownBy(() => stream.next());
      await settled();
      control.abort(reason);
      expect(await next).toBe(reason);
      expect(cancelled).toEqual([reason]);
    });

    test('while bytes are waited for', async () => {
      const cancelled: unknown[] = [];
      const control = new AbortController();
      const stuck = new ReadableStream<Uint8Array>({ cancel: (why) => void cancelled.push(why) });
      const next = thrownBy(() => engine.stream(rowChunks(stuck, { outcomes }), divergence, { signal: control.signal }).next());
      await settled();
      control.abort(reason);
      expect(await next).toBe(reason);
      expect(cancelled).toEqual([expect.objectContaining({ name: 'AbortError' })]);
    });
  });

  describe('errors', () => {
    test('of a bad row names its chunk, when those before it are delivered', async () => {
      const chunks = new Chunks([2, 3, 4, 2]);
      chunks.data[2]![1 * outcomes + 3] = -1;
      const lengths: number[] = [];
      const made: Tensor[] = [];
      const failure = await expectFailure(async () => {
        for await (const numbers of engine.stream(chunks, (chunk) => made[made.length] = divergence(chunk))) lengths.push(numbers.length);
      }, DomainError, 'domain', { operation: 'klDivergence', argument: 'p', row: 1, chunk: 2 });
      expect(failure.message).toMatch(/^klDivergence: argument p, row 1, chunk 2: expected /);
      expect(lengths).toEqual([2, 3]);
      expect(chunks.closed).toBe(1);
      expect(made.every(({ disposed }) => disposed)).toBe(true);
    });

    test('of the source reaches the consumer after the chunks before it', async () => {
      const chunks = new Chunks([2, 3]);
      chunks.failure = new Error('the source fails');
      const lengths: number[] = [];
      expect(await thrownBy(async () => {
        for await (const numbers of engine.stream(chunks, divergence)) lengths.push(numbers.length);
      })).toBe(chunks.failure);
      expect(lengths).toEqual([2, 3]);
      const broken = new ReadableStream<Rows>({ pull: (to) => to.error(chunks.failure) });
      expect(await thrownBy(() => joined(engine.stream(broken, divergence)))).toBe(chunks.failure);
      expect(broken.locked).toBe(false);
    });

    test('of the function reach the consumer, and free what it made', async () => {
      const error = new Error('the function fails');
      const chunks = new Chunks();
      let made: Tensor | undefined;
      expect(await thrownBy(() => joined(engine.stream(chunks, (chunk) => {
        made = wrapped(chunk);
        throw error;
      })))).toBe(error);
      expect(made!.disposed).toBe(true);
      expect(chunks.closed).toBe(1);
      await expectFailure(() => joined(engine.stream(chunks, (chunk, index) => engine.rows(chunk, { outcomes: index === 2 ? 7 : outcomes, form }))), ShapeError, 'shape', { operation: 'engine.rows', chunk: 2 });
    });

    test('of a function that is none for a stream', async () => {
      using other = await openEngine({ backend: 'reference' });
      const wrong: [unknown, string][] = [
        [async () => { throw new Error('nobody hears this'); }, 'a value of type Promise'], [() => undefined, 'undefined'], [() => [0.5, 0.5], 'an array of 2'],
        [(chunk: Rows) => other.rows(chunk, { outcomes, form }), 'a tensor of another engine'],
      ];
      for (const [fn, got] of wrong) {
        const chunks = new Chunks();
        await expectFailure(() => joined(engine.stream(chunks, fn as (chunk: Rows) => Tensor)), ShapeError, 'shape', { operation: 'engine.stream', argument: 'fn', got, chunk: 0 });
        expect(chunks.closed).toBe(1);
      }
      await settled();
    });

    test('of the engine, when it is disposed of midway', async () => {
      const closing = await openEngine({ backend });
      const chunks = new Chunks([2, 2, 2]);
      const made: Tensor[] = [];
      const stream = closing.stream(chunks, (chunk) => made[made.length] = closing.rows(chunk, { outcomes, form }));
      await stream.next();
      await expect.poll(() => made[1]?.report).toBeDefined(); // the second has been computed
      closing.dispose();
      await stream.next();
      await expectFailure(() => stream.next(), DomainError, 'domain', { expected: 'a live engine', chunk: 2 });
      expect(chunks.closed).toBe(1);
      await expectFailure(() => closing.stream(chunks, divergence), DomainError, 'domain', { operation: 'engine.stream', expected: 'a live engine' });
    });

    test('of arguments are thrown at once', async () => {
      for (const source of [undefined, 3, {}, 'rows']) await expectFailure(() => engine.stream(source as never, divergence), DomainError, 'domain', { operation: 'engine.stream', argument: 'source' });
      await expectFailure(() => engine.stream([], 7 as never), DomainError, 'domain', { argument: 'fn' });
      await expectFailure(() => engine.stream([], divergence, null as never), DomainError, 'domain', { argument: 'options' });
    });
  });

  test('two streams side by side', async () => {
    const [one, two] = [new Chunks([3, 1, 4]), new Chunks([1, 5, 9, 2])];
    const answers = await Promise.all([one, two].map((chunks) => joined(engine.stream(chunks, divergence))));
    expect(answers.map(({ numbers }) => numbers)).toEqual([await expected(one.whole), await expected(two.whole)]);
  });
});

function streamOf(data: readonly Rows[]): ReadableStream<Rows> {
  const rest = [...data];
  return new ReadableStream({
    pull(to) {
      const next = rest.shift();
      if (next) to.enqueue(next);
      else to.close();
    },
  });
}
