import type { Checkpoints } from './checkpoints.ts';

/** How a run answers to its caller while it goes on. */
export interface RunHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** The share of the memory that the run may take: less, after the device had not as much as was thought. */
  readonly share?: number | undefined;
  /** What loops had come to before the device was lost. */
  readonly checkpoints?: Checkpoints | undefined;
}
