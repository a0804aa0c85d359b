import { unlessAborted } from '../signals.ts';
import { deviceError, type Gpu, type Step } from './gpu.ts';
import { polled } from './polling.ts';

/** Takes the bytes of one readback once the commands that fill it were submitted. */
export type Delivery = (use: (bytes: ArrayBuffer) => void) => Promise<void>;

/** Records a copy to memory that the host can map, and that goes back to the pool; the delivery is called after submission. */
export function recordReadback(gpu: Gpu, record: (step: Step) => void, staging: GPUBuffer, buffer: GPUBuffer, offset: number, bytes: number): Delivery {
  try {
    record((commands) => commands.copyBufferToBuffer(buffer, offset, staging, 0, bytes));
  } catch (error) { // of a record that submits
    gpu.pool.give(staging);
    throw error;
  }
  return async (use) => {
    try {
      const mapped = gpu.ignoring(() => staging.mapAsync(1 /* GPUMapMode.READ */, 0, bytes));
      await polled(gpu.device.queue, mapped).catch((error: unknown) => {
        throw deviceError('tensor.read', { kind: 'internal', message: (error as Error).message }, error);
      });
      use(staging.getMappedRange(0, bytes));
    } finally {
      staging.unmap();
      gpu.pool.give(staging);
    }
  };
}

/** Reads the bytes of a buffer from one on now, in pieces that go one after the other through the same memory. */
export async function readNow(gpu: Gpu, buffer: GPUBuffer, from: number, out: Uint8Array, pieceBytes: number, signal?: AbortSignal): Promise<void> {
  for (let offset = 0; offset < out.byteLength; offset += pieceBytes) {
    const bytes = Math.min(pieceBytes, out.byteLength - offset);
    const deliver = recordReadback(gpu, (step) => gpu.submit(step), gpu.pool.take('staging', Math.min(pieceBytes, out.byteLength)), buffer, from + offset, bytes);
    await unlessAborted(deliver((read) => out.set(new Uint8Array(read), offset)), signal);
  }
}
