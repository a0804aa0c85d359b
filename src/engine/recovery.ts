import { Checkpoints } from './checkpoints.ts';
import { DeviceError, DeviceLostError } from './errors.ts';
import { unlessAborted } from './signals.ts';
import type { WebGpuBackend } from './webgpu/backend.ts';
import type { Devices } from './webgpu/devices.ts';
import type { RunHooks } from './run-hooks.ts';

/** How often a run is begun anew on the device before the CPU does it. */
const mostReplays = 3;

/** A run on the device, and what is done when there is none, or none that can do it. */
export interface Recoverable<T> {
  readonly devices: Devices;
  /** May be called several times: a tensor remembers how it is made, so that nothing is lost with a device. */
  readonly run: (gpu: WebGpuBackend, hooks: RunHooks, replays: number) => Promise<T>;
  readonly withoutDevice: (reason: string, hooks: RunHooks) => Promise<T>;
  /** The device is there and failed. */
  readonly afterFailure: (reason: string, hooks: RunHooks, error: DeviceError | DeviceLostError) => Promise<T>;
}

/**
 * Runs on the device, and anew when that is lost. What WebGPU refuses is believed the second time, when the device had let go
 * of all that it need not hold; where it had no memory left, the run is begun anew with nothing else there and with half as
 * much for its blocks. Commands that are not valid are a mistake, which is thrown.
 */
export async function recovering<T>({ devices, run, withoutDevice, afterFailure }: Recoverable<T>, options: RunHooks): Promise<T> {
  const checkpoints = new Checkpoints();
  const hooks = { ...withoutSteppingBack(options), checkpoints };
  let kept = 0;
  for (let [replays, refusals, share] = [0, 0, 1]; ; replays++) {
    const gpu = await unlessAborted(devices.live(), options.signal);
    if (!gpu) return withoutDevice(devices.problem, hooks);
    try {
      return await run(gpu, { ...hooks, share }, replays);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (checkpoints.count > kept) replays = 0; // the run gets on
      kept = checkpoints.count;
      const isRefusal = error instanceof DeviceError;
      if (!isRefusal && !(error instanceof DeviceLostError && gpu.gpu.lost !== undefined)) throw error;
      if (isRefusal && error.kind === 'out-of-memory') share /= 2;
      else if (isRefusal) refusals++;
      if (refusals === 2 && isRefusal && error.kind === 'validation') throw error;
      if (refusals < 2 && replays < mostReplays) continue;
      return afterFailure(isRefusal ? `the GPU failed: ${error.got}` : `${devices.problem}, ${replays + 1} times in this run`, hooks, error);
    }
  }
}

/** Progress does not go back when a run is begun anew. */
export function withoutSteppingBack({ signal, onProgress }: RunHooks): RunHooks {
  let most = 0;
  return { signal, onProgress: (done, total) => {
    if (done / total <= most) return;
    most = done / total;
    onProgress?.(done, total);
  } };
}
