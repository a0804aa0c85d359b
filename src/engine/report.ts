import type { Reproduction } from './reproduction.ts';

/** 'cpu' is the fast path, with the reference for what that does not do; 'reference' is f64 and nothing else. */
export type Backend = 'webgpu' | 'cpu' | 'reference';

/** How far a result lies from the f64 reference, over the rows that were checked. */
export interface Certificate {
  /** May be none where a sample is checked: then checks have had their share of the time for now, and nothing is certified. */
  readonly rowsChecked: number;
  readonly rows: number;
  /** The numbers that were compared of each of these rows: all of them, save in samples of all pairs. */
  readonly columnsChecked: number;
  /** Numbers in a row. */
  readonly columns: number;
  /** Which rows were checked, or why none, in words. */
  readonly reason: string;
  /** By it the rows and columns of the sample were chosen. An engine that is opened with it checks these first in its first run. */
  readonly seed?: number;
  readonly worstRelativeError: number;
  /** The worst relative error in units of 2⁻²³, the spacing of f32 relative to the result. */
  readonly worstUlps: number;
  /** −1 if no row was checked. */
  readonly worstRow: number;
  /** The operation's tolerance and its reason, in words. */
  readonly tolerance: string;
  /** Whether all that was checked was within the tolerance. */
  readonly passed: boolean;
  /** Time that the reference took for the checked rows alone. */
  readonly referenceMilliseconds: number;
  /** Time that the check took. */
  readonly milliseconds: number;
  /** That time as a share of the time of the run. */
  readonly share: number;
  /** The same of all checks and runs of the engine: of samples at most 0.05, once runs have paid for the first row. */
  readonly shareOfAll: number;
  /** The worst row and what it is made from, if it failed. */
  readonly reproduction?: Reproduction;
}

/** Milliseconds that a run was predicted to take in each place, as far as it was asked. */
export interface Predicted {
  readonly webgpu?: number;
  readonly cpu?: number;
}

/** What a run did, and why. Comes with every result. */
export interface RunReport {
  readonly operation: string;
  readonly shape: readonly number[];
  readonly backend: Backend;
  readonly adapter: string;
  readonly reason: string;
  readonly chunks: number;
  readonly dispatches: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** `gpu` runs from the first submission until the queue is idle; `check` is the time the certificate cost. */
  readonly milliseconds: { readonly total: number; readonly gpu?: number; readonly check?: number };
  /** Where the engine chose the place: what it chose by. */
  readonly predicted?: Predicted;
  /** How often the run was begun anew, because its device was lost or refused something; left out where it was not. */
  readonly replays?: number;
  readonly certificate?: Certificate;
}
