import type { Lane, Receiver } from './lane.ts';
import type { Ledger, Range } from './ledger.ts';
import type { Pool } from './pool.ts';
import { numbersPerRow, type BadRow, type RowWork } from './program.ts';

/** Milliseconds that a block should take: long enough not to count beside what goes round it, short enough for a page to stay alive. */
const blockTime = 3;
/** The same where workers want to be fed between blocks. */
const sharedBlockTime = 1;
/** Milliseconds that a parcel should take. */
const parcelTime = 1.5;
/** Milliseconds after which the feeding of workers has to wait until the next block. */
const feedTime = 2;
/** Milliseconds below which parcels and blocks cost more than they are worth. */
const shortestTime = 0.1;
/** Bytes of a parcel: two a worker are in the caches that cores share. */
const largestParcel = 2 ** 22;

/** The workers of a pool at one run. */
export class Crew implements Receiver {
  readonly #work: RowWork;
  readonly #ledger: Ledger;
  readonly #pool: Pool | undefined;
  readonly #mostRows: number;
  readonly #helpers = new Set<Lane>();
  #lanes: readonly Lane[] | undefined;
  #own: number | undefined;
  #wake: (() => void) | undefined;

  constructor(work: RowWork, ledger: Ledger, pool: Pool | undefined) {
    this.#work = work;
    this.#ledger = ledger;
    this.#pool = pool;
    this.#mostRows = Math.max(1, Math.floor(largestParcel / (4 * Math.max(1, numbersPerRow(work.program)))));
  }

  /** How many workers have done something. */
  get workers(): number {
    return this.#helpers.size;
  }

  /** Whether workers wait to be fed. */
  get isBusy(): boolean {
    return this.#lanes?.some((lane) => lane.isReady) ?? false;
  }

  /** Sends rows to workers with room for them, if what is left takes long at the pace of the caller's thread. */
  feed(own: number | undefined): void {
    if (!this.#pool || own === undefined) return;
    this.#own = own;
    this.#lanes ??= this.#pool.lanesFor(this.#ledger.left / own);
    const end = performance.now() + feedTime;
    for (let isFed = true; isFed;) {
      isFed = false;
      for (const lane of this.#lanes ?? []) isFed = (performance.now() < end && this.#send(lane, own)) || isFed;
    }
  }

  #send(lane: Lane, own: number): boolean {
    const range = lane.isFree ? this.#ledger.take(Math.min(this.#mostRows, this.#share(lane.pace.known ?? own, parcelTime, own))) : undefined;
    if (!range) return false;
    try {
      lane.send(this.#work, range, this);
    } catch (error) {
      this.#ledger.giveBack(range);
      lane.die(String(error)); // no memory for its parcel, perhaps; the caller's thread does the rows
      return false;
    }
    return true;
  }

  /** Rows of the next block of the caller's thread. */
  ownShare(own: number | undefined): number {
    if (own === undefined) return Infinity;
    return this.isBusy ? this.#share(own, sharedBlockTime, own) : Math.max(1, Math.floor(blockTime * own));
  }

  /** Rows for one with a pace: what takes it so long, but no more than half of its share in what is left, so that all end together. */
  #share(pace: number, milliseconds: number, own: number): number {
    const all = this.#lanes!.reduce((sum, lane) => sum + (lane.isReady ? lane.pace.known ?? own : 0), own);
    const half = (this.#ledger.left * pace) / all / 2;
    return Math.max(1, Math.floor(Math.max(shortestTime * pace, Math.min(milliseconds * pace, half))));
  }

  /** Waits until a parcel is there, or late: then anyone may do its rows again, for its worker may be dead, or have no core. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#ledger.reclaim();
        resolve();
      }, 2 * Math.max(parcelTime, 1 / this.#own!));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  delivered(lane: Lane, range: Range, bad: BadRow | undefined): void {
    this.#helpers.add(lane);
    this.#ledger.finish(range, bad);
    this.#wake?.();
  }

  lost(range: Range): void {
    this.#ledger.giveBack(range);
    this.#wake?.();
  }

  leave(): void {
    for (const lane of this.#lanes ?? []) lane.forget();
    if (this.isBusy) this.#pool!.review();
  }
}
