import type { Checkpoints } from '../checkpoints.ts';
import type { DeviceContext } from './device-context.ts';
import type { Encoder } from './encoder.ts';
import type { StageBuffers } from './stage-buffers.ts';

/** What a run makes stages with. */
export interface Means {
  readonly context: DeviceContext;
  readonly encoder: Encoder;
  readonly buffers: StageBuffers;
  readonly hooks: { readonly signal?: AbortSignal | undefined; readonly checkpoints: Checkpoints };
}
