import type { SourceData } from './reference.ts';
import type { Stage } from './stages.ts';
import type { Tensor } from './tensor.ts';
import type { RunHooks } from './run-hooks.ts';

/** What the fast path of the CPU did. */
export interface FastRun {
  readonly data: Float32Array<ArrayBuffer>;
  /** What it ran on, for the report. */
  readonly adapter: string;
  readonly blocks: number;
}

/** The stages of a run; 'none' where there is no fast way, and the reference has to do it. */
export type FastPlan = readonly Stage[] | 'none';

/** The fast path of the CPU as an engine sees it; an engine may have none, and then nothing of it is in the bundle. */
export interface FastPath {
  /** How it would run a tensor, as far as it knows before it tries. */
  plan(tensor: Tensor): FastPlan;
  /** Runs a tensor as planned; undefined if that fails for want of something, and the reference has to do it. Rows of `checked` sources are known to be good. */
  read(tensor: Tensor, plan: readonly Stage[], sourceData: SourceData, checked: WeakSet<Tensor>, hooks: RunHooks): Promise<FastRun | undefined>;
  /** Numbers a millisecond that it checks on this thread; undefined where it cannot run. */
  rate(): Promise<number | undefined>;
  destroy(): void;
}
