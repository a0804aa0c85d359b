/** Streams that end before their source does: broken off, aborted, or by an error. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { klDivergence, openEngine, rowChunks } from '../../src/index.ts';
import { expectFailure, thrownBy } from '../failure.ts';
import { placeFor } from './place.ts';
import { randomRows } from './random-rows.ts';
import { Chunks, form, joined, outcomes, settled, type Rows } from './stream-chunks.ts';

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  let q: Tensor;
  const wrapped = (chunk: Rows): Tensor => engine.rows(chunk, { outcomes, form });
  const divergence = (chunk: Rows): Tensor => klDivergence(wrapped(chunk), q);
  beforeAll(async () => {
    engine = await openEngine(await placeFor(backend));
    q = engine.rows(randomRows(1, outcomes, 77), { outcomes, form });
  });
  afterAll(() => engine.dispose());

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

  test('a stream that is ended before it began closes its source', async () => {
    const cancelled: unknown[] = [];
    const numbers = engine.stream(new ReadableStream<Rows>({ cancel: (reason) => void cancelled.push(reason) }), divergence);
    expect(await numbers.return()).toEqual({ done: true, value: undefined });
    expect(cancelled.length).toBe(1);
    expect(await numbers.next()).toEqual({ done: true, value: undefined });
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

  test('no source holds its consumer by a return or a cancel that never ends', async () => {
    const rows = randomRows(2, outcomes, 1);
    const hanging = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false as const, value: rows }), return: () => new Promise<never>(() => undefined) }) };
    const endless = new ReadableStream<Rows>({ pull: (to) => to.enqueue(rows), cancel: () => new Promise(() => undefined) });
    for (const source of [hanging, endless]) {
      for await (const numbers of engine.stream(source, divergence)) {
        expect(numbers.length).toBe(2);
        break;
      }
      expect(await thrownBy(() => joined(engine.stream(source === endless ? hanging : source, () => { throw new RangeError('of the function'); })))).toBeInstanceOf(RangeError);
    }
    const control = new AbortController();
    const stream = engine.stream(hanging, divergence, { signal: control.signal });
    await stream.next();
    control.abort('enough');
    expect(await thrownBy(() => stream.next())).toBe('enough');
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
      await expectFailure(() => engine.stream([], divergence, { signal: 'x' as never }), DomainError, 'domain', { argument: 'options.signal', expected: 'an AbortSignal' });
    });
  });
});
