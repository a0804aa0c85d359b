/** What streams give, from what sources, and what they hold meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, klDivergence, openEngine, probabilities } from '../../src/index.ts';
import { placeFor } from './place.ts';
import { randomRows } from './random-rows.ts';
import { Chunks, form, joined, outcomes, settled, sizes, type Rows } from './stream-chunks.ts';

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
      expect((await own.memory()).used).toBeLessThanOrEqual(used + 2 * (4 * 64 * (outcomes + 1) + 256 + 2 ** 14)); // two chunks: rows, numbers, their checks and the uniforms of a run
    }
    await expect.poll(async () => (await own.memory()).used).toBe(used);
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
