import type { Checkpoints } from '../checkpoints.ts';
import type { DeviceContext } from './device-context.ts';
import type { Encoder } from './encoder.ts';
import type { StageBuffers } from './stage-buffers.ts';

/** What a run makes stages with. */
export interface Means {
  readonly context: DeviceContext;
  readonly encoder: Encoder;
  readonly buffers: StageBuffers;
  readonly hooks: LoopHooks;
}

/** What loops answer to. */
export interface LoopHooks {
  readonly signal?: AbortSignal | undefined;
  readonly checkpoints: Checkpoints;
  /** The steps that the loops around have come to. */
  readonly around: string;
  /** Hears how many steps a loop has made. */
  readonly onSteps?: ((steps: number) => void) | undefined;
}
