import type { Way } from './cost.ts';
import type { Work } from './work.ts';

/** How much the last run counts, once there were a few. */
const weight = 1 / 4;
/** One run may be slow because something else was going on; it counts no more than so many times what is known. */
const greatestSurprise = 4;

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

/** What was learned of one operation: of runs of like size, and of them all. */
export class Experience {
  readonly #tallies = new Map<string, Tally>();

  /** Of runs of an operation, of any size, in one way. */
  of(operation: string, way: Way): Tally {
    return this.#at(`${way} ${operation}`);
  }

  /** Of those with about as many rows and numbers, to a factor of four each. */
  ofSize(operation: string, way: Way, { rows, numbers }: Work): Tally {
    return this.#at(`${way} ${operation} ${sizeClass(rows)} ${sizeClass(numbers)}`);
  }

  #at(key: string): Tally {
    let tally = this.#tallies.get(key);
    if (!tally) this.#tallies.set(key, tally = new Tally());
    return tally;
  }
}

function sizeClass(count: number): number {
  return Math.floor(Math.log2(count + 1) / 2);
}
