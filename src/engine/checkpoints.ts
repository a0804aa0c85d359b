/** What a loop had come to: the state after some steps. */
export interface Checkpoint {
  readonly steps: number;
  readonly state: Float32Array<ArrayBuffer>;
}

/** What the loops of a run had come to, on the host: a device that is lost costs no more than the time since. */
export class Checkpoints {
  readonly #kept = new Map<string, Checkpoint>();
  /** How often one was kept. */
  count = 0;

  get(loop: string): Checkpoint | undefined {
    return this.#kept.get(loop);
  }

  keep(loop: string, checkpoint: Checkpoint): void {
    this.#kept.set(loop, checkpoint);
    this.count++;
  }
}

/** Milliseconds of work that a lost device may cost. */
export const checkpointEvery = 2000;
