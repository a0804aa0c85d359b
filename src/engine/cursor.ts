import { has } from './tags.ts';

import { within } from './patience.ts';

/** Milliseconds that the consumer waits for a source to close. */
const longestClose = 1000;

/** A ReadableStream by its structure: Safari's cannot be iterated. */
export interface ReadableLike<Item> {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Item | undefined }>;
    cancel(reason?: unknown): Promise<unknown>;
    releaseLock(): void;
  };
}

/** What gives items one after the other. */
export type Source<Item> = AsyncIterable<Item> | Iterable<Item | PromiseLike<Item>> | ReadableLike<Item>;

type Step<Item> = { readonly done: true } | { readonly done: false; readonly value: Item };

interface Opened<Item> {
  next(): Promise<Step<Item>>;
  close(reason: unknown): Promise<unknown>;
}

/** The items of a source, one at a time. Whoever waits for one when it is closed waits no longer. */
export class Cursor<Item> {
  readonly #source: Opened<Item>;
  #leave: ((reason: unknown) => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(source: Source<Item>) {
    this.#source = isReadable(source) ? ofReader(source.getReader()) : ofIterator(isAsync(source) ? source[Symbol.asyncIterator]() : source[Symbol.iterator]());
  }

  async next(): Promise<Step<Item>> {
    if (this.#closing) return { done: true };
    return new Promise((resolve, reject) => {
      this.#leave = reject;
      this.#source.next().then(resolve, reject).finally(() => { this.#leave = undefined; });
    });
  }

  /** Waits until the source has closed, for a second at most, and not at all if it may wait for an item that never comes. Its failure to close takes nothing from what it gave. */
  close(reason: unknown = new DOMException('The source was closed.', 'AbortError')): Promise<void> {
    return this.#closing ??= this.#close(reason);
  }

  async #close(reason: unknown): Promise<void> {
    const closed = this.#source.close(reason).catch(() => undefined);
    if (this.#leave) this.#leave(reason);
    else await within(closed, longestClose, undefined);
  }
}

export function isSource(value: unknown): value is Source<unknown> {
  const found = ['getReader', Symbol.asyncIterator, Symbol.iterator].find((name) => has(value, name));
  return found !== undefined && typeof (value as Record<PropertyKey, unknown>)[found] === 'function';
}

function isReadable<Item>(source: object): source is ReadableLike<Item> {
  return 'getReader' in source;
}

function isAsync<Item>(source: object): source is AsyncIterable<Item> {
  return Symbol.asyncIterator in source;
}

function ofReader<Item>(reader: ReturnType<ReadableLike<Item>['getReader']>): Opened<Item> {
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done } : { done, value: value as Item };
    },
    close: (reason) => reader.cancel(reason).finally(() => reader.releaseLock()),
  };
}

/** An iterator is told to return only while it has not ended by itself. */
function ofIterator<Item>(iterator: Iterator<Item | PromiseLike<Item>> | AsyncIterator<Item>): Opened<Item> {
  let isOver = false;
  const step = async (): Promise<IteratorResult<Item | PromiseLike<Item>, unknown>> => {
    try {
      return await iterator.next();
    } catch (error) {
      isOver = true;
      throw error;
    }
  };
  return {
    next: async () => {
      const { done = false, value } = await step();
      isOver ||= done;
      return done ? { done } : { done, value: await (value as Item | PromiseLike<Item>) };
    },
    close: async () => (isOver ? undefined : iterator.return?.()),
  };
}
