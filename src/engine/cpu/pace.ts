/** How much of the past counts after another block. */
const memory = 0.7;

/** How fast rows get done, over the last blocks: clocks may be as coarse as one block takes. */
export class Pace {
  #rows = 0;
  #milliseconds = 0;

  note(rows: number, milliseconds: number): void {
    this.#rows = memory * this.#rows + rows;
    this.#milliseconds = memory * this.#milliseconds + milliseconds;
  }

  /** Rows per millisecond; undefined as long as that is no more than a guess. */
  get known(): number | undefined {
    return this.#milliseconds > 0.1 ? this.#rows / this.#milliseconds : undefined;
  }
}
