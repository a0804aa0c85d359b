import { wholeGroups, type BadRow } from './program.ts';

export interface RowRange {
  readonly from: number;
  readonly rows: number;
}

/** Which rows are to be done, which are being done, and which is the first bad one. */
export class RowQueue {
  /** Rows that are done. */
  done = 0;
  blocks = 0;
  bad: BadRow | undefined;
  #next = 0;
  /** Rows from here on need not be done. */
  #limit: number;
  #returned: RowRange[] = [];
  readonly #open = new Set<RowRange>();
  readonly #rowsAtOnce: number;

  /** Rows are taken in groups of so many, which cost no more than one. */
  constructor(rows: number, rowsAtOnce = 1) {
    this.#limit = rows;
    this.#rowsAtOnce = rowsAtOnce;
  }

  /** Rows that nobody has taken. */
  get left(): number {
    return this.#returned.reduce((sum, { rows }) => sum + rows, Math.max(0, this.#limit - this.#next));
  }

  get isOver(): boolean {
    return this.left === 0 && ![...this.#open].some(({ from }) => from < this.#limit);
  }

  /** Takes rows: of those that came back, then the next ones, so that all before a bad row are done too. */
  take(rows: number): RowRange | undefined {
    const range = this.#returned.pop() ?? {
      from: this.#next,
      rows: Math.min(wholeGroups(rows, this.#rowsAtOnce), this.#limit - this.#next),
    };
    if (range.rows <= 0) return undefined;
    this.#next = Math.max(this.#next, range.from + range.rows);
    this.#open.add(range);
    return range;
  }

  /** Enters rows as done, or the bad row among them. Rows that were reclaimed may be finished more than once. */
  finish(range: RowRange, bad: BadRow | undefined): void {
    const index = this.#returned.indexOf(range);
    if (index >= 0) this.#returned.splice(index, 1);
    else if (!this.#open.delete(range)) return;
    this.blocks++;
    if (!bad) this.done += range.rows;
    else if (range.from + bad.row < this.#limit) {
      this.bad = { input: bad.input, row: range.from + bad.row };
      this.#limit = this.bad.row;
      this.#returned = this.#returned.filter(({ from }) => from < this.#limit);
    }
  }

  /** Takes back rows that are not done. */
  giveBack(range: RowRange): void {
    if (this.#open.delete(range) && range.from < this.#limit) this.#returned.push(range);
  }

  /** Takes back all that is being done. */
  reclaim(): void {
    for (const range of this.#open) this.giveBack(range);
  }
}
