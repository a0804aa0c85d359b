/** What streams are made of in tests, and how they are read. */
import { yieldToEventLoop } from '../../src/engine/event-loop.ts';
import { randomRows } from './random-rows.ts';

export const outcomes = 8;
/** Rows of each chunk, if nothing else is said. */
export const sizes: readonly number[] = [5, 0, 1, 12, 3, 3];
export const form = 'weights';
export type Rows = Float32Array<ArrayBuffer>;

/** Chunks of random rows, how many of them were pulled, and whether the source was closed. */
export class Chunks implements AsyncIterable<Rows> {
  readonly data: readonly Rows[];
  pulled: number = 0;
  closed: number = 0;
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

export async function joined(parts: AsyncIterable<Rows>): Promise<{ numbers: number[]; lengths: number[] }> {
  const [numbers, lengths]: [number[], number[]] = [[], []];
  for await (const part of parts) {
    numbers.push(...part);
    lengths.push(part.length);
  }
  return { numbers, lengths };
}

/** Lets what has been begun go on for a while, if it does. */
export async function settled(): Promise<void> {
  for (let k = 0; k < 20; k++) await yieldToEventLoop();
}
