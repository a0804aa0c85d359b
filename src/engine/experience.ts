import type { Way, Work } from './cost.ts';

/** How much the last run counts, once there were a few. */
const weight = 1 / 4;
/** One run may be slow because something else was going on; it counts no more than so many times what is known. */
export const greatestSurprise = 4;

/** How many times longer than predicted runs of one kind took. */
export class Tally {
  ratio = 1;
  /** Whether there was a run, be it one that taught nothing. */
  isWarm = false;
  runs = 0;
  /** With those that taught nothing. */
  tries = 0;
  /** Milliseconds that the other place has spent on such runs since the last one here. */
  waited = 0;

  note(ratio: number): void {
    const believed = this.runs === 0 ? ratio : Math.min(ratio, greatestSurprise * this.ratio);
    this.runs++;
    this.ratio += Math.max(weight, 1 / this.runs) * (believed - this.ratio);
    this.waited = 0;
  }
}

/** What was learned of one operation in one way: of runs of any size, and of like sizes. */
class Lessons {
  readonly overall = new Tally();
  readonly #ofSizes = new Map<number, Tally>();

  ofSize(size: number): Tally {
    let tally = this.#ofSizes.get(size);
    if (!tally) this.#ofSizes.set(size, tally = new Tally());
    return tally;
  }
}

type Ways = Readonly<Record<Way, Lessons>>;

/** What was learned from all runs. */
export class Experience {
  readonly #operations = new Map<string, Ways>();

  /** Of runs of an operation, of any size, in one way. */
  of(operation: string, way: Way): Tally {
    return this.#lessons(operation, way).overall;
  }

  /** Of those with about as many rows and numbers, to a factor of four each. */
  ofSize(operation: string, way: Way, { rows, numbers }: Work): Tally {
    return this.#lessons(operation, way).ofSize(64 * sizeClass(rows) + sizeClass(numbers));
  }

  #lessons(operation: string, way: Way): Lessons {
    let ways = this.#operations.get(operation);
    if (!ways) this.#operations.set(operation, ways = { webgpu: new Lessons(), fast: new Lessons(), reference: new Lessons() });
    return ways[way];
  }
}

function sizeClass(count: number): number {
  return Math.floor(Math.log2(count + 1) / 2);
}
