import type { Engine } from '../src/index.ts';
import { batchToRead, batchToReadAcross, fmaChains, kernelTime, sumsAcrossRows, sumsOfRows } from './ceilings.ts';
import type { PassTimer } from './pass-timer.ts';
import { gigaPerSecond, type BenchRow } from './report.ts';
import { Subject } from './rounds.ts';

/** The device of a run, and how long a chain of FMAs keeps it busy. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly timer: PassTimer | undefined;
  readonly chain: { readonly invocations: number; readonly steps: number };
}

/** What the device reaches when it only reads and when it only multiplies and adds: subjects of the same rounds. */
export interface Reach {
  readonly subjects: readonly Subject[];
  /** What they came to, once they were measured. */
  readonly ceilings: () => NonNullable<BenchRow['ceilings']>;
}

/**
 * So many numbers are read in two layouts, of which the faster counts: a row an invocation, which caches of a CPU like,
 * and neighbouring numbers by neighbouring invocations, which a GPU likes. Neither waits for another invocation.
 */
export function reachOf(engine: Engine, numbers: number, rows: number, { chain, timer }: Gpu): Reach {
  const chains = fmaChains(engine, chain);
  const fma = new Subject(() => kernelTime(chains.ends, timer));
  const reads = [
    { batch: batchToRead(engine, numbers, rows), sums: sumsOfRows },
    { batch: batchToReadAcross(engine, numbers), sums: sumsAcrossRows },
  ].map(({ batch, sums }) => {
    const subject = new Subject(() => kernelTime(() => sums(batch), timer));
    return { subject, rate: () => gigaPerSecond(4 * batch.rows * batch.width, subject.sample.minimum) };
  });
  return {
    subjects: [fma, ...reads.map(({ subject }) => subject)],
    ceilings: () => ({
      gigabytesPerSecond: Math.max(...reads.map(({ rate }) => rate())),
      gigaFmaPerSecond: gigaPerSecond(chains.count, fma.sample.minimum),
    }),
  };
}
