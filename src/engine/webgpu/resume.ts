import type { Loop } from '../checkpoints.ts';
import type { Means } from './means.ts';
import { readNow } from './readback.ts';

/** A state goes to the host in pieces. */
const pieceBytes = 2 ** 24;

/** Where a loop goes on that a lost device has ended: writes the state to a buffer, and says how many steps have been made. */
export async function resume(means: Means, loop: Loop, take: () => Promise<GPUBuffer>): Promise<number> {
  const known = means.hooks.checkpoints.get(loop);
  if (!known) return 0;
  const buffer = await take();
  means.encoder.flush();
  means.context.gpu.write(buffer, known.state);
  return known.steps;
}

/** Takes note of the steps that a loop has made, and now and then keeps the state on the host. */
export async function note(means: Means, loop: Loop, steps: number, { buffer, numbers }: { buffer: GPUBuffer; numbers: number }): Promise<void> {
  const { context: { gpu }, encoder, hooks: { signal, checkpoints, onSteps } } = means;
  onSteps?.(steps);
  if (!checkpoints.isDue) return;
  encoder.flush();
  const state = new Float32Array(numbers);
  await readNow(gpu, buffer, 0, new Uint8Array(state.buffer), pieceBytes, signal);
  checkpoints.keep(loop, { steps, state });
}
