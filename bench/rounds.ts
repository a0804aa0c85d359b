/** Milliseconds of the fastest and of the middle round. */
export interface Sample {
  readonly minimum: number;
  readonly median: number;
  readonly rounds: number;
}

export interface Pace {
  readonly rounds: number;
  /** Milliseconds after which a subject has no more rounds. */
  readonly budget: number;
}

export type OnProgress = (part: string, done: number, total: number) => void;

export function sampleOf(times: readonly number[]): Sample {
  if (times.length === 0) throw new RangeError('A sample needs at least one time');
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { minimum: sorted[0]!, median, rounds: sorted.length };
}

/** Something to be timed. */
export class Subject {
  readonly #run: () => Promise<number>;
  readonly #times: number[] = [];

  /** `run` does it once and says how many milliseconds it took. */
  constructor(run: () => Promise<number>) {
    this.#run = run;
  }

  get sample(): Sample {
    return sampleOf(this.#times);
  }

  get spent(): number {
    return this.#times.reduce((sum, time) => sum + time, 0);
  }

  /** The first run compiles and uploads, and is never counted. */
  async warmUp(): Promise<void> {
    await this.#run();
  }

  async measure(): Promise<void> {
    this.#times.push(await this.#run());
  }
}

/** Times the subjects in turn, round by round, so that what slows the machine for a while slows all of them alike. */
export async function interleave(subjects: readonly Subject[], { rounds, budget }: Pace): Promise<void> {
  for (const subject of subjects) await subject.warmUp();
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) if (round === 0 || subject.spent < budget) await subject.measure();
  }
}
